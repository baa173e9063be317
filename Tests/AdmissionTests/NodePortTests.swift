import KubeAPI
import Testing

@testable import Admission

@Suite("nodePorts and health check ports")
struct NodePortTests {
    @Test("40, 42: a nodePort in use is refused, nothing leaks, and its holder's end frees it")
    func inUse() throws {
        var admission = try admission()
        let holder = try admission.admit(service: web("holder", type: "NodePort", nodePort: 30080))
        let before = admission
        let error = try refusal(
            of: web("late", type: "NodePort", nodePort: 30080) {
                $0.ports?.append(ServicePortObject(name: "b", port: 81))
                $0.ports?[0].name = "a"
            }, by: &admission)
        #expect(error.field == "spec.ports[0].nodePort")
        #expect(error.code == .conflict)
        #expect(
            error.message.contains("provided port is already allocated to default/holder"))
        #expect(admission.holds(whatIsHeldBy: before))
        admission.release(holder)
        let late = try admission.admit(service: web("late", type: "NodePort", nodePort: 30080))
        #expect(late.spec.ports?[0].nodePort == 30080)
    }

    @Test("43, 44: a nodePort outside the range is refused on create and on update")
    func outside() throws {
        var admission = try admission()
        let words = "not in the valid range. The range of valid ports is 30000-32767"
        let error = try refusal(of: web(type: "NodePort", nodePort: 40000), by: &admission)
        #expect(error.code == .outOfRange)
        #expect(error.message.contains(words))
        let one = try admission.admit(service: web(type: "NodePort", nodePort: 30080))
        let again = try refusal(
            of: web(type: "NodePort", nodePort: 80), previous: one, by: &admission)
        #expect(again.message.contains(words))
        let other = try refusal(of: web("b", type: "NodePort", nodePort: 30080), by: &admission)
        #expect(other.code == .conflict)
    }

    @Test("41, 35: TCP and UDP each have every nodePort, and share a number where they can")
    func protocols() throws {
        var admission = try admission()
        _ = try admission.admit(service: web("tcp", type: "NodePort", nodePort: 30080))
        let udp = try admission.admit(
            service: web("udp", type: "NodePort", nodePort: 30080) {
                $0.ports?[0].protocol = "UDP"
            })
        #expect(udp.spec.ports?[0].nodePort == 30080)
        let both = try admission.admit(
            service: web("both", type: "NodePort") {
                $0.ports = [
                    ServicePortObject(name: "t", protocol: "TCP", port: 53),
                    ServicePortObject(name: "u", protocol: "UDP", port: 53),
                ]
            })
        #expect(both.spec.ports?[0].nodePort == both.spec.ports?[1].nodePort)
    }

    @Test("93, 94: a port keeps its nodePort by name; another nodePort frees the old one")
    func kept() throws {
        var admission = try admission()
        let one = try admission.admit(service: web(type: "NodePort"))
        let moved = try admission.admit(
            service: web(type: "NodePort") { $0.ports?[0].port = 8080 }, previous: one)
        #expect(moved.spec.ports?[0].nodePort == one.spec.ports?[0].nodePort)
        let chosen = try admission.admit(
            service: web(type: "NodePort", nodePort: 30001), previous: moved)
        #expect(chosen.spec.ports?[0].nodePort == 30001)
        let freed = try #require(one.spec.ports?[0].nodePort)
        let other = try admission.admit(service: web("b", type: "NodePort", nodePort: freed))
        #expect(other.spec.ports?[0].nodePort == freed)
    }

    @Test("two ports may swap their nodePorts")
    func swapped() throws {
        var admission = try admission()
        func service(_ first: Int, _ second: Int) -> ServiceObject {
            web(type: "NodePort") {
                $0.ports = [
                    ServicePortObject(name: "a", port: 80, nodePort: first),
                    ServicePortObject(name: "b", port: 81, nodePort: second),
                ]
            }
        }
        let one = try admission.admit(service: service(30001, 30002))
        let two = try admission.admit(service: service(30002, 30001), previous: one)
        #expect(two.spec.ports?.map(\.nodePort) == [30002, 30001])
    }

    @Test("86, 88, 90: a health check port comes and goes with the policy Local")
    func healthCheck() throws {
        var admission = try admission(pools: ["198.51.100.0/24"])
        let local = web(type: "LoadBalancer") {
            $0.externalTrafficPolicy = "Local"
            $0.healthCheckNodePort = 32000
        }
        let one = try admission.admit(service: local)
        #expect(one.spec.healthCheckNodePort == 32000)
        let conflict = try refusal(of: web("b", type: "NodePort", nodePort: 32000), by: &admission)
        #expect(conflict.code == .conflict)
        let two = try admission.admit(service: web(type: "LoadBalancer"), previous: one)
        #expect(two.spec.healthCheckNodePort == nil)
        let three = try admission.admit(service: local, previous: two)
        #expect(three.spec.healthCheckNodePort == 32000)
        let given = try admission.admit(
            service: web("c", type: "LoadBalancer") { $0.externalTrafficPolicy = "Local" })
        let port = try #require(given.spec.healthCheckNodePort)
        #expect(given.spec.ports?[0].nodePort != port)
        admission.release(given)
        #expect(
            try admission.admit(service: web("d", type: "NodePort", nodePort: port))
                .spec.ports?[0].nodePort == port)
    }

    @Test("a full range is said to be full, and frees nothing it did not give")
    func full() throws {
        var admission = try admission(nodePorts: 30000...30001)
        let two = web("two", type: "NodePort") {
            $0.ports = (80...81).map { ServicePortObject(name: "p\($0)", port: $0) }
        }
        _ = try admission.admit(service: web("one", type: "NodePort"))
        let error = try refusal(of: two, by: &admission)
        #expect(error.code == .exhausted)
        #expect(error.status.code == 500)
        _ = try admission.admit(service: web("three", type: "NodePort"))
    }
}

extension Admission {
    /// Whether the same addresses and ports are free in both, by trying what the other would get.
    fileprivate func holds(whatIsHeldBy other: Admission) -> Bool {
        (30000...32767).allSatisfy { port in
            var mine = self
            var theirs = other
            let probe = web("probe", type: "NodePort", nodePort: port)
            let isFreeHere = (try? mine.admit(service: probe)) != nil
            let isFreeThere = (try? theirs.admit(service: probe)) != nil
            return isFreeHere == isFreeThere
        }
    }
}
