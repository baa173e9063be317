import Addressing
import KubeAPI
import ServiceModel
import Testing

@testable import ServiceTranslation

@Suite struct ReadingTests {
    private func problems(_ object: ServiceObject) -> [String] {
        ServiceReading.read(object).problems.map { "\($0.field): \($0.message)" }
    }

    private func definition(_ change: (inout ServiceObject) -> Void) -> ServiceDefinition {
        ServiceReading.read(service("web", change)).definition
    }

    @Test("what a field of a Service cannot mean is left out and reported, the rest stays")
    func serviceProblems() {
        let object = service(
            type: "Gateway",
            ports: [
                port("a", 0), port("b", 70_000), port("c", 80, "ICMP"),
                port("d", 81, "UDP", nodePort: 70_000), port("e", 82, nodePort: 0),
            ], clusterIPs: ["10.96.0.10", "10.96.0"]
        ) { $0.spec.externalIPs = ["somewhere", "203.0.113.80"] }
        #expect(
            problems(object) == [
                "spec.type: \"Gateway\" is not a type of Service; treated as ClusterIP",
                "spec.ports[0].port: 0 is not in 1-65535; the port is left out",
                "spec.ports[1].port: 70000 is not in 1-65535; the port is left out",
                "spec.ports[2].protocol: \"ICMP\" is not TCP, UDP or SCTP; the port is left out",
                "spec.ports[3].nodePort: 70000 is not in 1-65535; there is no nodePort",
                "spec.clusterIPs[1]: \"10.96.0\" is not an IP address; it is left out",
                "spec.externalIPs[0]: \"somewhere\" is not an IP address; it is left out",
            ])
        let definition = ServiceReading.read(object).definition
        #expect(definition.reach == .cluster)
        #expect(definition.ports.map(\.description) == ["d:81/udp", "e:82/tcp"])
        #expect(definition.ports.allSatisfy { $0.nodePort == nil })
        #expect(definition.clusterIPs == [IPAddress("10.96.0.10")])
        #expect(definition.externalIPs == [IPAddress("203.0.113.80")])
    }

    @Test("74: affinity lasts 10800 s unless stated; what is out of range is reported")
    func affinity() {
        func affinity(_ seconds: Int?) -> SessionAffinity {
            definition {
                $0.spec.sessionAffinity = "ClientIP"
                $0.spec.sessionAffinityConfig = seconds.map {
                    SessionAffinityConfig(timeoutSeconds: $0)
                }
            }.affinity
        }
        #expect(definition { _ in }.affinity == .none)
        #expect(affinity(nil) == .clientIP(timeoutSeconds: 10_800))
        #expect(affinity(1) == .clientIP(timeoutSeconds: 1))
        #expect(affinity(86_400) == .clientIP(timeoutSeconds: 86_400))
        for outside in [0, 86_401, -1] {
            #expect(affinity(outside) == .clientIP(timeoutSeconds: 10_800))
        }
        let object = service {
            $0.spec.sessionAffinity = "ClientIP"
            $0.spec.sessionAffinityConfig = SessionAffinityConfig(timeoutSeconds: 0)
        }
        #expect(
            problems(object) == [
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds: 0 is not in 1-86400; "
                    + "10800 is used"
            ])
    }

    @Test("a source range that cannot be read lets nobody in, instead of everybody")
    func unreadableRange() {
        let object = balancedService { $0.spec.loadBalancerSourceRanges = ["203.0.113.0/33"] }
        let definition = ServiceReading.read(object).definition
        #expect(definition.sourceRanges.map(\.description) == ["0.0.0.0/32", "::/128"])
        #expect(problems(object).count == 1)
    }

    @Test("144: an address with leading zeros is refused, never read as octal")
    func leadingZeros() {
        let object = service(clusterIPs: ["010.96.0.010"])
        #expect(ServiceReading.read(object).definition.clusterIPs.isEmpty)
        #expect(problems(object).count == 1)
    }

    @Test("conditions that are absent mean ready and serving; serving follows ready")
    func conditions() throws {
        func endpoint(_ conditions: EndpointConditions?) throws -> Endpoint {
            let object = SliceEndpoint(addresses: ["10.244.1.2"], conditions: conditions)
            return try #require(EndpointReading.read(slice([object])).group?.endpoints.first)
        }
        let silent = try endpoint(nil)
        #expect(silent.isReady && silent.isServing && !silent.isTerminating)
        let unready = try endpoint(EndpointConditions(ready: false))
        #expect(!unready.isReady && !unready.isServing)
        let going = try endpoint(
            EndpointConditions(ready: false, serving: true, terminating: true))
        #expect(!going.isReady && going.isServing && going.isTerminating)
    }

    @Test("bad ports and addresses of a slice are left out and reported, the rest stays")
    func sliceProblems() throws {
        let object = slice(
            [SliceEndpoint(addresses: ["10.244.1.2", "fd00:244:1::2", "10.244.1.3", "web"])],
            ports: [
                endpointPort("a", 0), endpointPort("b", 80, "ICMP"), endpointPort("c", nil),
                endpointPort("d", 81, "UDP"),
            ])
        let (group, problems) = EndpointReading.read(object)
        #expect(try #require(group).ports.map(\.name) == ["d"])
        #expect(
            try #require(group).endpoints.map { "\($0.address)" } == ["10.244.1.2", "10.244.1.3"])
        #expect(
            problems.map(\.field) == [
                "ports[0]", "ports[1]", "endpoints[0].addresses", "endpoints[0].addresses",
            ])
    }

    @Test("a node's inside addresses come first; it is ready unless a condition says otherwise")
    func nodes() {
        let (read, problems) = NodeReading.read(node(1))
        #expect(
            read.addresses.map(\.description)
                == ["192.168.50.1", "fd00:50::1", "198.51.100.201"])
        #expect(read.podCIDRs.map(\.description) == ["10.244.1.0/24"])
        #expect(read.zone == "a" && read.isReady && !read.isExcludedFromLoadBalancers)
        #expect(problems.isEmpty)

        var object = node(2, labels: [WellKnown.excludeFromLoadBalancers: ""])
        object.status.conditions = [
            Condition(type: "DiskPressure", status: "True"),
            Condition(type: "Ready", status: "Unknown"),
        ]
        object.spec = NodeSpec(podCIDRs: ["10.244.2.0/24", "pods"])
        let other = NodeReading.read(object)
        #expect(!other.node.isReady && other.node.isExcludedFromLoadBalancers)
        #expect(
            other.problems.map(\.description)
                == ["Node node2, spec.podCIDRs[1]: \"pods\" is not a CIDR block; it is left out"])
    }
}
