import Addressing
import Forwarding
import KubeAPI
import LoadBalancer
import ServiceModel
import ServiceTranslation
import Testing

@Suite("The data plane of a Service")
struct DataPlaneTests {
    private func balanced(by dataPlane: String?) -> ServiceObject {
        LoadBalancerTests.balanced { service in
            service.metadata.annotations = dataPlane.map { ["sluice.io/data-plane": $0] }
        }
    }

    private func entry(_ step: BalancerPlan.Step) throws -> ForwardingEntry {
        try #require(step.updates.first?.1.entries.first)
    }

    @Test("direct-return hands packets to all nodes and has no backends")
    func directReturn() throws {
        var plan = plan(services: [balanced(by: "direct-return")])
        let healthy = try entry(plan.takeStep(unhealthy: []))
        let all = (1...3).map { address("192.168.50.\($0)") }
        #expect(healthy.backends.isEmpty)
        #expect(healthy.directReturn?.shares.map(\.address) == all)
        plan.note(changed: [nodeCheck(2)])
        let death = try entry(plan.takeStep(unhealthy: [nodeCheck(2)]))
        #expect(death.directReturn?.shares.map(\.address) == [all[0], all[2]])
        #expect(death.directReturn?.members == all)
    }

    @Test("a node that is not ready after its death moves no slots once more, nor on its way back")
    func notReady() throws {
        func slots(_ unhealthy: Set<HealthCheck>) throws -> [IPAddress] {
            try #require(entry(plan.takeStep(unhealthy: unhealthy)).directReturn).slots(251)
        }
        var plan = plan(services: [balanced(by: "direct-return")])
        let before = try slots([])
        plan.note(changed: [nodeCheck(2)])
        let dead = try slots([nodeCheck(2)])
        plan.upsert(node(2, ready: "Unknown"))
        #expect(try slots([]) == dead)
        plan.upsert(node(2, ready: "True"))
        #expect(try slots([]) == before)
        // A node that is gone for good is dealt out.
        plan.delete(node(2))
        #expect(try slots([]) != dead)
    }

    @Test("without a healthy node nothing takes the packets, and the fallback refuses")
    func nobody() throws {
        var plan = plan(services: [balanced(by: "direct-return")])
        let step = plan.takeStep(unhealthy: [nodeCheck(1), nodeCheck(2), nodeCheck(3)])
        #expect(try entry(step).directReturn == nil)
        #expect(try entry(step).fallback == .refuse)
    }

    @Test("clients stay together by affinity or by the method, else connections do")
    func grouping() throws {
        func grouping(
            _ change: (inout ServiceObject) -> Void,
            _ rules: (inout BalancerRules) -> Void = { _ in }
        ) throws -> DirectReturn.Grouping? {
            var object = balanced(by: "direct-return")
            change(&object)
            var plan = plan(services: [object], rules)
            return try entry(plan.takeStep(unhealthy: [])).directReturn?.grouping
        }
        #expect(try grouping { _ in } == .connection)
        #expect(try grouping { $0.spec.sessionAffinity = "ClientIP" } == .client)
        #expect(
            try grouping { $0.metadata.annotations?["sluice.io/balancing"] = "maglev" } == .client)
        #expect(try grouping({ _ in }, { $0.method = .sourceHash }) == .client)
    }

    @Test("preserve-source leaves the client its address, masquerade hides it")
    func sources() throws {
        var preserving = plan(services: [balanced(by: "preserve-source")])
        let preserved = try entry(preserving.takeStep(unhealthy: []))
        #expect(preserved.sourceHiding == .byServiceRange && preserved.backends.count == 3)
        var masquerading = plan(services: [balanced(by: nil)])
        #expect(try entry(masquerading.takeStep(unhealthy: [])).sourceHiding == .everyClient)
    }

    @Test("the annotation goes before what holds for all")
    func annotationFirst() throws {
        var plan = plan(services: [balanced(by: "masquerade")]) { $0.dataPlane = .directReturn }
        #expect(try entry(plan.takeStep(unhealthy: [])).directReturn == nil)
        plan.upsert(balanced(by: nil))
        #expect(try entry(plan.takeStep(unhealthy: [])).directReturn != nil)
    }

    @Test("a value that nobody knows is told with its place, and the last good one stays")
    func badValue() throws {
        var plan = plan(services: [balanced(by: "direct-return")])
        _ = plan.takeStep(unhealthy: [])
        plan.upsert(balanced(by: "dsr"))
        let step = plan.takeStep(unhealthy: [])
        #expect(try entry(step).directReturn != nil)
        let warning = try #require(step.warnings.first { $0.contains("sluice.io/data-plane") })
        #expect(warning.contains("Service default/web"))
        #expect(warning.contains("\"dsr\""))
        #expect(warning.contains("it stays direct-return"))
    }

    @Test("a host that cannot hand packets on masquerades, and says why")
    func obstacle() throws {
        var plan = plan(services: [balanced(by: "direct-return")]) {
            $0.directReturnObstacle = "no such hook"
        }
        let step = plan.takeStep(unhealthy: [])
        #expect(try entry(step).backends.count == 3)
        #expect(step.warnings.contains { $0.contains("no such hook") })
    }

    @Test("more nodes than there are hundreds of slots are told")
    func fewSlots() {
        var plan = plan(services: [balanced(by: "direct-return")]) { $0.directReturnSlots = 251 }
        #expect(
            plan.takeStep(unhealthy: []).warnings.contains { $0.contains("--direct-return-slots") })
    }
}
