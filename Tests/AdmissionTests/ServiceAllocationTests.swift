import KubeAPI
import Testing

@testable import Admission

@Suite("what Services are given")
struct ServiceAllocationTests {
    @Test("a plain Service gets defaults and a ClusterIP of its own")
    func plain() throws {
        var admission = try admission()
        let web = try admission.admit(service: AdmissionTests.web())
        #expect(web.spec.type == "ClusterIP")
        #expect(web.spec.clusterIP == "10.96.1.1")
        #expect(web.spec.clusterIPs == ["10.96.1.1"])
        #expect(web.spec.ipFamilies == ["IPv4"])
        #expect(web.spec.ipFamilyPolicy == "SingleStack")
        #expect(web.spec.ports?[0].protocol == "TCP")
        #expect(web.spec.ports?[0].targetPort == 80)
        #expect(web.spec.ports?[0].nodePort == nil)
        #expect(web.spec.sessionAffinity == "None")
        #expect(web.spec.internalTrafficPolicy == "Cluster")
        #expect(web.spec.externalTrafficPolicy == nil)
        let other = try admission.admit(service: AdmissionTests.web("other"))
        #expect(other.spec.clusterIP == "10.96.1.2")
    }

    @Test("74: ClientIP affinity lasts three hours unless stated")
    func affinity() throws {
        var admission = try admission()
        let sticky = try admission.admit(service: web { $0.sessionAffinity = "ClientIP" })
        #expect(sticky.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds == 10800)
    }

    @Test("1: the Service kubernetes gets the first address")
    func kubernetes() throws {
        var admission = try admission()
        #expect(try admission.admit(service: web("kubernetes")).spec.clusterIP == "10.96.0.1")
    }

    @Test("28: a stated ClusterIP is honoured; one that is taken or outside is refused")
    func stated() throws {
        var admission = try admission()
        let one = web("one") { $0.clusterIP = "10.96.0.10" }
        #expect(try admission.admit(service: one).spec.clusterIPs == ["10.96.0.10"])
        let error = try refusal(of: web("two") { $0.clusterIP = "10.96.0.10" }, by: &admission)
        #expect(error.field == "spec.clusterIPs[0]")
        #expect(error.code == .conflict)
        #expect(error.message.contains("provided IP is already allocated to default/one"))
        let outside = try refusal(of: web("two") { $0.clusterIP = "10.1.0.1" }, by: &admission)
        #expect(outside.code == .outOfRange)
        #expect(outside.message.contains("The range of valid IPs is 10.96.0.0/12"))
    }

    @Test("34, 92: a type that needs more gets more and keeps what it had")
    func typesGrow() throws {
        var admission = try admission(pools: ["198.51.100.0/24"])
        let one = try admission.admit(service: web())
        let two = try admission.admit(service: web(type: "NodePort"), previous: one)
        #expect(two.spec.clusterIP == one.spec.clusterIP)
        let nodePort = try #require(two.spec.ports?[0].nodePort)
        #expect(nodePort == 30086)
        #expect(two.spec.externalTrafficPolicy == "Cluster")
        let three = try admission.admit(service: web(type: "LoadBalancer"), previous: two)
        #expect(three.spec.clusterIP == one.spec.clusterIP)
        #expect(three.spec.ports?[0].nodePort == nodePort)
        #expect(three.spec.allocateLoadBalancerNodePorts == true)
        #expect(
            three.status.loadBalancer?.ingress == [LoadBalancerIngress(ip: "198.51.100.1")])
    }

    @Test("96: a type that needs less gives the rest back")
    func typesShrink() throws {
        var admission = try admission(pools: ["198.51.100.1/32"])
        var balancer = try admission.admit(service: web(type: "LoadBalancer", nodePort: 30080))
        balancer.spec.type = "ClusterIP"
        let plain = try admission.admit(service: balancer, previous: balancer.asBalancer)
        #expect(plain.spec.ports?[0].nodePort == nil)
        #expect(plain.status.loadBalancer?.ingress == nil)
        #expect(plain.spec.externalTrafficPolicy == nil)
        let next = try admission.admit(service: web("b", type: "LoadBalancer", nodePort: 30080))
        #expect(next.status.loadBalancer?.ingress?.first?.ip == "198.51.100.1")
    }

    @Test("36, 38, 39: ExternalName holds nothing and gets everything when it changes")
    func externalName() throws {
        var admission = try admission()
        let one = try admission.admit(service: web(type: "NodePort", nodePort: 30080))
        let alias = web(type: "ExternalName") { $0.externalName = "db.example.com" }
        let two = try admission.admit(service: alias, previous: one)
        #expect(two.spec.clusterIP == nil)
        #expect(two.spec.clusterIPs == nil)
        #expect(two.spec.ipFamilies == nil)
        let other = try admission.admit(service: web("b", type: "NodePort", nodePort: 30080))
        #expect(other.spec.ports?[0].nodePort == 30080)
        let three = try admission.admit(service: web(), previous: two)
        #expect(three.spec.clusterIP?.hasPrefix("10.96.1.") == true)
    }

    @Test("101: no nodePorts when the load balancer needs none, until it does")
    func withoutNodePorts() throws {
        var admission = try admission(pools: ["198.51.100.0/24"])
        let one = try admission.admit(
            service: web(type: "LoadBalancer") { $0.allocateLoadBalancerNodePorts = false })
        #expect(one.spec.ports?[0].nodePort == nil)
        #expect(one.status.loadBalancer?.ingress?.count == 1)
        let two = try admission.admit(
            service: web(type: "LoadBalancer") { $0.allocateLoadBalancerNodePorts = true },
            previous: one)
        #expect(two.spec.ports?[0].nodePort == 30086)
    }

    @Test("102: a load balancer of another class gets no address from us")
    func foreignClass() throws {
        var admission = try admission(pools: ["198.51.100.0/24"])
        let one = try admission.admit(
            service: web(type: "LoadBalancer") { $0.loadBalancerClass = "example.com/other" })
        #expect(one.status.loadBalancer?.ingress == nil)
        let error = try refusal(of: web(type: "LoadBalancer"), previous: one, by: &admission)
        #expect(error.field == "spec.loadBalancerClass")
    }

    @Test("a headless Service has no ClusterIP and keeps it so")
    func headless() throws {
        var admission = try admission()
        let one = try admission.admit(service: web { $0.clusterIP = "None" })
        #expect(one.spec.clusterIPs == ["None"])
        #expect(one.spec.ipFamilies == ["IPv4"])
        let again = try admission.admit(service: web(), previous: one)
        #expect(again.spec.clusterIP == "None")
        let bare = try admission.admit(
            service: web("bare") {
                $0.clusterIP = "None"
                $0.selector = nil
            })
        #expect(bare.spec.ipFamilies == ["IPv4", "IPv6"])
        #expect(bare.spec.ipFamilyPolicy == "RequireDualStack")
    }
}

extension ServiceObject {
    /// The same Service with the type it had before.
    fileprivate var asBalancer: ServiceObject {
        var copy = self
        copy.spec.type = "LoadBalancer"
        return copy
    }
}
