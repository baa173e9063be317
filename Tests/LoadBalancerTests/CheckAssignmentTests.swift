import HealthChecking
import KubeAPI
import LoadBalancer
import Testing

@Suite("Which checks decide about a Service's nodes")
struct CheckAssignmentTests {
    private func started(
        _ definition: CheckDefinition, _ services: [String: String?] = ["web": nil],
        nodePorts: [Int] = [30_080, 30_081], policy: String? = nil
    ) -> Set<String> {
        let objects = zip(services.sorted { $0.key < $1.key }, nodePorts).map { service, port in
            balanced(service.key, nodePort: port, transport: service.value) {
                $0.spec.externalTrafficPolicy = policy
            }
        }
        var plan = plan(definition, services: objects, nodes: [node(1), node(2)])
        return Set(plan.takeStep(unhealthy: []).startedChecks.map(\.description))
    }

    @Test("an HTTP check is one a node, however many Services there are")
    func sharedByServices() {
        #expect(
            started(httpDefinition, ["api": nil, "web": nil])
                == ["http 192.168.50.1:10256/healthz", "http 192.168.50.2:10256/healthz"])
    }

    @Test("a TCP check connects to each Service's own nodePort")
    func ownNodePort() {
        #expect(
            started(.tcp, ["api": nil, "web": nil])
                == [
                    "tcp 192.168.50.1:30080", "tcp 192.168.50.2:30080",
                    "tcp 192.168.50.1:30081", "tcp 192.168.50.2:30081",
                ])
    }

    @Test("the TCP port of a Service speaks for its UDP port")
    func tcpSpeaksForUDP() {
        let both = balanced(nodePort: 30_080) { object in
            object.spec.ports?.append(
                .init(name: "dns", protocol: "UDP", port: 53, nodePort: 30_053))
        }
        var plan = plan(.tcp, services: [both], nodes: [node(1)])
        let first = plan.takeStep(unhealthy: [])
        #expect(first.startedChecks == [connectCheck("192.168.50.1:30080")])
        #expect(first.warnings.isEmpty)
        plan.note(changed: first.startedChecks)
        #expect(
            plan.takeStep(unhealthy: first.startedChecks).backends
                == ["198.51.100.10:80/tcp": [], "198.51.100.10:53/udp": []])
    }

    @Test("a Service that has UDP alone takes traffic unchecked by TCP, and says so")
    func onlyUDP() throws {
        var plan = plan(.tcp, services: [balanced(transport: "UDP")], nodes: [node(1)])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.startedChecks.isEmpty)
        #expect(step.backends == ["198.51.100.10:80/udp": ["192.168.50.1:30080"]])
        #expect(try #require(step.warnings.first).contains("default/web has no TCP nodePort"))
    }

    @Test("a UDP Service is checked over HTTP like any other")
    func udpOverHTTP() {
        var plan = plan(services: [balanced(transport: "UDP")], nodes: [node(1)])
        let step = plan.takeStep(unhealthy: [])
        #expect(step.startedChecks == [nodeCheck(1)])
        #expect(step.warnings.isEmpty)
    }

    @Test("policy Local adds a check of the nodePort, which nodes without an endpoint drop")
    func policyLocal() {
        #expect(
            started(httpDefinition, policy: "Local")
                == [
                    "http 192.168.50.1:10256/healthz", "tcp 192.168.50.1:30080",
                    "http 192.168.50.2:10256/healthz", "tcp 192.168.50.2:30080",
                ])
    }

    @Test("a nodePort that does not answer says nothing about the node, unless all are so checked")
    func speaksForNode() {
        let connect = connectCheck("192.168.50.1:30080")
        #expect(!CheckAssignment(httpDefinition).speaksForNode(connect))
        #expect(CheckAssignment(httpDefinition).speaksForNode(nodeCheck(1)))
        #expect(CheckAssignment(.tcp).speaksForNode(connect))
    }
}
