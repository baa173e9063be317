import KubeAPI
import Testing

@testable import Admission

@Suite("load balancer addresses")
struct LoadBalancerTests {
    private let pools = ["198.51.100.0/24"]

    private func ips(_ service: ServiceObject) -> [String?] {
        service.status.loadBalancer?.ingress?.map(\.ip) ?? []
    }

    @Test("an address asked for is honoured; outside the pool it is refused")
    func asked() throws {
        var admission = try admission(pools: pools)
        let one = try admission.admit(
            service: web(type: "LoadBalancer") { $0.loadBalancerIP = "198.51.100.7" })
        #expect(ips(one) == ["198.51.100.7"])
        let error = try refusal(
            of: web("b", type: "LoadBalancer") { $0.loadBalancerIP = "203.0.113.1" },
            by: &admission)
        #expect(error.field == "spec.loadBalancerIP")
        #expect(error.code == .outOfRange)
        #expect(error.message.contains("198.51.100.0/24"))
        let six = try refusal(
            of: web("b", type: "LoadBalancer") { $0.loadBalancerIP = "fd00::1" }, by: &admission)
        #expect(six.message.contains("the Service has no IPv6 address"))
    }

    @Test("107: two Services share an address on different ports, never on the same")
    func shared() throws {
        var admission = try admission(pools: pools)
        let one = try admission.admit(service: web("a", type: "LoadBalancer"))
        let ip = try #require(ips(one).first ?? nil)
        let error = try refusal(
            of: web("b", type: "LoadBalancer") { $0.loadBalancerIP = ip }, by: &admission)
        #expect(error.code == .conflict)
        #expect(error.message.contains("default/a"))
        let other = web("b", type: "LoadBalancer") {
            $0.loadBalancerIP = ip
            $0.ports?[0].port = 81
        }
        let two = try admission.admit(service: other)
        #expect(ips(two) == [ip])
        let moved = web("b", type: "LoadBalancer") { $0.loadBalancerIP = ip }
        #expect(try refusal(of: moved, previous: two, by: &admission).code == .conflict)
        let taken = web("c", type: "LoadBalancer") {
            $0.loadBalancerIP = ip
            $0.ports?[0].port = 81
        }
        #expect(try refusal(of: taken, by: &admission).code == .conflict)
    }

    @Test("a refused change leaves the ports at the address with the Service")
    func refusedChange() throws {
        var admission = try admission(pools: pools)
        let one = try admission.admit(service: web("a", type: "LoadBalancer"))
        let change = web("a", type: "LoadBalancer", nodePort: 40000) { $0.ports?[0].port = 81 }
        #expect(try refusal(of: change, previous: one, by: &admission).code == .outOfRange)
        let ip = try #require(ips(one).first ?? nil)
        let rival = web("b", type: "LoadBalancer") { $0.loadBalancerIP = ip }
        #expect(try refusal(of: rival, by: &admission).code == .conflict)
    }

    @Test("108: another address asked for replaces the old one, which is free again")
    func moved() throws {
        var admission = try admission(pools: pools)
        let one = try admission.admit(service: web(type: "LoadBalancer"))
        let two = try admission.admit(
            service: web(type: "LoadBalancer") { $0.loadBalancerIP = "198.51.100.50" },
            previous: one)
        #expect(ips(two) == ["198.51.100.50"])
        let other = try admission.admit(
            service: web("b", type: "LoadBalancer") { $0.loadBalancerIP = "198.51.100.1" })
        #expect(ips(other) == ["198.51.100.1"])
    }

    @Test("without a pool there is no address, and the rest of the Service is as ever")
    func withoutPool() throws {
        var admission = try admission()
        let one = try admission.admit(service: web(type: "LoadBalancer"))
        #expect(ips(one).isEmpty)
        #expect(one.spec.clusterIP != nil)
        #expect(one.spec.ports?[0].nodePort != nil)
    }

    @Test("without a pool, a stated address stays, follows its change and goes when it goes")
    func statedWithoutPool() throws {
        var admission = try admission()
        func stated(_ ip: String) -> ServiceObject {
            var service = web(type: "LoadBalancer") { $0.loadBalancerIP = "203.0.113.77" }
            service.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: ip)])
            return service
        }
        let one = try admission.admit(service: stated("203.0.113.7"))
        #expect(ips(one) == ["203.0.113.7"])
        let two = try admission.admit(service: stated("203.0.113.8"), previous: one)
        #expect(ips(two) == ["203.0.113.8"])
        let three = try admission.admit(service: web(type: "LoadBalancer"), previous: two)
        #expect(ips(three).isEmpty)
    }

    @Test("an empty pool is said to be empty, and nothing is held by the refused Service")
    func exhausted() throws {
        var admission = try admission(pools: ["198.51.100.1/32"])
        _ = try admission.admit(service: web("a", type: "LoadBalancer"))
        let service = web("b", type: "LoadBalancer", nodePort: 30001) {
            $0.clusterIP = "10.96.0.20"
        }
        #expect(try refusal(of: service, by: &admission).code == .exhausted)
        let other = web("c", type: "NodePort", nodePort: 30001) { $0.clusterIP = "10.96.0.20" }
        #expect(try admission.admit(service: other).spec.clusterIP == "10.96.0.20")
    }

    @Test("103: an address that only the load balancer may serve stays so")
    func proxyMode() throws {
        var admission = try admission(pools: pools)
        var service = web(type: "LoadBalancer")
        service.status = ServiceStatus(
            ingress: [LoadBalancerIngress(ip: "198.51.100.9", ipMode: "Proxy")])
        let one = try admission.admit(service: service)
        #expect(one.status == service.status)
    }
}
