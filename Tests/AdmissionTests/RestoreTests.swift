import KubeAPI
import Support
import Testing

@testable import Admission

@Suite("addresses are kept over restarts and never leak")
struct RestoreTests {
    @Test("a restored Service keeps its addresses, whoever is admitted first")
    func restored() throws {
        var first = try admission(pools: ["198.51.100.0/24"])
        let web = try first.admit(service: AdmissionTests.web(type: "LoadBalancer"))
        var second = try admission(pools: ["198.51.100.0/24"])
        #expect(second.restore(web) == [])
        let other = try second.admit(service: AdmissionTests.web("a", type: "LoadBalancer"))
        #expect(other.spec.clusterIP != web.spec.clusterIP)
        #expect(other.spec.ports?[0].nodePort != web.spec.ports?[0].nodePort)
        #expect(other.status != web.status)
        let again = try second.admit(
            service: AdmissionTests.web(type: "LoadBalancer"), previous: web)
        #expect(again == web)
    }

    @Test("what a changed configuration no longer has is said, and replaced when admitted again")
    func changedConfiguration() throws {
        var first = try admission(dualStack, pools: ["198.51.100.0/24"])
        let old = try first.admit(
            service: web(type: "LoadBalancer") { $0.ipFamilyPolicy = "PreferDualStack" })
        var second = try admission(
            ["10.200.0.0/16"], pools: ["192.0.2.0/24"], nodePorts: 31000...31999)
        let refused = second.restore(old)
        #expect(refused.count == 4)
        #expect(refused.allSatisfy { $0.code == .outOfRange })
        let new = try second.admit(service: web(type: "LoadBalancer"), previous: old)
        #expect(new.spec.clusterIPs == ["10.200.1.1"])
        #expect(new.spec.ports?[0].nodePort == 31031)
        #expect(new.status.loadBalancer?.ingress?.map(\.ip) == ["192.0.2.1"])
    }

    @Test(
        "whatever comes and goes, what is held is what the living hold",
        arguments: 0..<20 as Range<UInt64>)
    func nothingLeaks(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var admission = try admission(
            ["10.96.0.0/27", "fd00:96::/123"], pools: ["198.51.100.0/29"], nodePorts: 30000...30019)
        var living: [String: ServiceObject] = [:]
        for _ in 0..<300 {
            let name = "s\(Int.random(in: 0..<16, using: &random))"
            if let old = living[name], Bool.random(using: &random) {
                admission.release(old)
                living[name] = nil
                continue
            }
            let service = randomService(name, using: &random)
            let old = living[name]
            if let admitted = try? admission.admit(service: service, previous: old) {
                living[name] = admitted
                #expect(try admission.admit(service: admitted, previous: admitted) == admitted)
            }
        }
        var fresh = try AdmissionTests.admission(
            ["10.96.0.0/27", "fd00:96::/123"], pools: ["198.51.100.0/29"], nodePorts: 30000...30019)
        for service in living.values { #expect(fresh.restore(service) == []) }
        for service in living.values {
            admission.release(service)
            fresh.release(service)
        }
        #expect(admission.isEverythingFree)
        #expect(fresh.isEverythingFree)
    }

    private func randomService(
        _ name: String, using random: inout SplitMix
    ) -> ServiceObject {
        let types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]
        return web(name, type: types.randomElement(using: &random)) { spec in
            if Bool.random(using: &random), spec.type != "ExternalName" {
                spec.ipFamilyPolicy = "PreferDualStack"
            }
            if Int.random(in: 0..<4, using: &random) == 0, spec.type != "ExternalName" {
                spec.clusterIP = "10.96.0.\(Int.random(in: 0..<34, using: &random))"
            }
            if spec.type == "ExternalName" { spec.externalName = "db.example.com" }
            if spec.type == "NodePort" || spec.type == "LoadBalancer",
                Bool.random(using: &random)
            {
                spec.ports?[0].nodePort = Int.random(in: 29999...30021, using: &random)
            }
            if spec.type == "LoadBalancer" {
                if Bool.random(using: &random) { spec.externalTrafficPolicy = "Local" }
                if Bool.random(using: &random) { spec.loadBalancerIP = "198.51.100.3" }
            }
        }
    }
}

extension Admission {
    /// Whether one Service after the other can have each address and port.
    fileprivate var isEverythingFree: Bool {
        var copy = self
        let hosts = (2...30).map { "10.96.0.\($0)" }
        let ports = (0..<20).map { 30000 + $0 }
        let addressesAreFree = hosts.enumerated().allSatisfy { index, host in
            (try? copy.admit(service: web("h\(index)") { $0.clusterIP = host })) != nil
        }
        let portsAreFree = ports.allSatisfy { port in
            let service = web("p\(port)", type: "NodePort", nodePort: port) {
                $0.ipFamilies = ["IPv6"]
            }
            return (try? copy.admit(service: service)) != nil
        }
        return addressesAreFree && portsAreFree
    }
}
