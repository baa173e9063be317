import KubeAPI
import Testing

@testable import Admission

@Suite("families of a Service")
struct FamilyTests {
    @Test("137, 138: one family, the primary one unless stated")
    func single() throws {
        var admission = try admission(dualStack)
        #expect(try admission.admit(service: web("a")).spec.ipFamilies == ["IPv4"])
        let six = try admission.admit(service: web("b") { $0.ipFamilies = ["IPv6"] })
        #expect(six.spec.clusterIPs == ["fd00:96::101"])
        var primarySix = try AdmissionTests.admission(dualStack.reversed())
        #expect(try primarySix.admit(service: web("a")).spec.ipFamilies == ["IPv6"])
    }

    @Test("139: RequireDualStack gives two addresses in the stated order")
    func dual() throws {
        var admission = try admission(dualStack)
        let one = try admission.admit(service: web("a") { $0.ipFamilyPolicy = "RequireDualStack" })
        #expect(one.spec.ipFamilies == ["IPv4", "IPv6"])
        #expect(one.spec.clusterIPs?.count == 2)
        let two = try admission.admit(
            service: web("b") {
                $0.ipFamilyPolicy = "RequireDualStack"
                $0.ipFamilies = ["IPv6", "IPv4"]
            })
        #expect(two.spec.clusterIP?.hasPrefix("fd00:96::") == true)
        #expect(two.spec.clusterIPs?[1].hasPrefix("10.96.") == true)
    }

    @Test("140: PreferDualStack takes what there is, RequireDualStack is refused")
    func singleStackCluster() throws {
        var admission = try admission()
        let one = try admission.admit(service: web { $0.ipFamilyPolicy = "PreferDualStack" })
        #expect(one.spec.clusterIPs?.count == 1)
        let error = try refusal(
            of: web("b") { $0.ipFamilyPolicy = "RequireDualStack" }, by: &admission)
        #expect(error.field == "spec.ipFamilyPolicy")
        let six = try refusal(of: web("b") { $0.ipFamilies = ["IPv6"] }, by: &admission)
        #expect(six.message.contains("not configured on this cluster"))
    }

    @Test("141: one family to two and back keeps the primary address")
    func upgradeAndDowngrade() throws {
        var admission = try admission(dualStack)
        let one = try admission.admit(service: web())
        let two = try admission.admit(
            service: web { $0.ipFamilyPolicy = "PreferDualStack" }, previous: one)
        #expect(two.spec.clusterIPs == ["10.96.1.1", "fd00:96::101"])
        let same = try admission.admit(service: web(), previous: two)
        #expect(same.spec.clusterIPs == two.spec.clusterIPs)
        var edited = same
        edited.spec.ipFamilyPolicy = "SingleStack"
        let three = try admission.admit(service: edited, previous: same)
        #expect(three.spec.clusterIPs == one.spec.clusterIPs)
        #expect(three.spec.ipFamilies == ["IPv4"])
        let other = web("b") { $0.clusterIPs = ["fd00:96::101"] }
        #expect(try admission.admit(service: other).spec.ipFamilies == ["IPv6"])
    }

    @Test("two stated addresses mean two families")
    func inferred() throws {
        var admission = try admission(dualStack)
        let one = try admission.admit(
            service: web { $0.clusterIPs = ["fd00:96::5", "10.96.0.5"] })
        #expect(one.spec.ipFamilies == ["IPv6", "IPv4"])
        #expect(one.spec.ipFamilyPolicy == "RequireDualStack")
    }

    @Test("145: a second block of a family is used when the first is full")
    func additionalBlock() throws {
        var admission = try admission(["10.96.0.0/30", "10.97.0.0/24"])
        let first = try admission.admit(service: web("a"))
        #expect(first.spec.clusterIP == "10.96.0.2")
        #expect(try admission.admit(service: web("b")).spec.clusterIP == "10.97.0.17")
    }

    @Test("a load balancer address is given for each family that has a pool")
    func loadBalancers() throws {
        var admission = try admission(dualStack, pools: ["198.51.100.0/24", "fd00:51::/120"])
        let one = try admission.admit(
            service: web(type: "LoadBalancer") { $0.ipFamilyPolicy = "PreferDualStack" })
        #expect(
            one.status.loadBalancer?.ingress?.map(\.ip) == ["198.51.100.1", "fd00:51::1"])
    }
}
