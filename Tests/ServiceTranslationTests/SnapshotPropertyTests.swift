import KubeAPI
import ServiceModel
import Support
import Testing

@testable import ServiceTranslation

/// Events in any order lead to what a fresh list says, and touch what they change.
@Suite struct SnapshotPropertyTests {
    private static let names = ["cache", "mail", "web"]

    /// The objects of an API server, and the snapshot that follows it.
    private struct Follower {
        var services: [String: ServiceObject] = [:]
        var slices: [String: EndpointSliceObject] = [:]
        var nodes: [String: NodeObject] = [:]
        var snapshot = ClusterSnapshot()

        /// A snapshot that was made from complete lists.
        func fresh(using random: inout SplitMix) -> ClusterSnapshot {
            var fresh = ClusterSnapshot()
            _ = fresh.replaceSlices(slices.values.shuffled(using: &random))
            _ = fresh.replaceNodes(nodes.values.shuffled(using: &random))
            _ = fresh.replaceServices(services.values.shuffled(using: &random))
            return fresh
        }
    }

    /// What can be seen of a Service in a snapshot.
    private struct View: Equatable {
        let definition: ServiceDefinition?
        let groups: [EndpointGroup]
    }

    private static func view(_ snapshot: ClusterSnapshot) -> [ServiceIdentity: View] {
        var views: [ServiceIdentity: View] = [:]
        for name in names {
            let identity = ServiceIdentity(namespace: "default", name: name)
            views[identity] = View(
                definition: snapshot.services[identity], groups: snapshot.groups(of: identity))
        }
        return views
    }

    @Test("any events lead to the fresh list", arguments: 0..<60 as Range<UInt64>)
    func eventsLeadToTheList(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var follower = Follower()
        for _ in 0..<40 {
            let before = Self.view(follower.snapshot)
            let nodesBefore = follower.snapshot.nodes
            let (touched, nodesDiffer) = Self.happen(&follower, using: &random)
            let after = Self.view(follower.snapshot)
            #expect(touched == Set(before.keys.filter { before[$0] != after[$0] }))
            #expect(nodesDiffer == (nodesBefore != follower.snapshot.nodes))
        }
        let fresh = follower.fresh(using: &random)
        #expect(Self.view(follower.snapshot) == Self.view(fresh))
        #expect(follower.snapshot.nodes == fresh.nodes)
    }

    @Test("a list after lost events leads to the same", arguments: 0..<30 as Range<UInt64>)
    func relisting(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var follower = Follower()
        for _ in 0..<20 { _ = Self.happen(&follower, using: &random) }
        let stale = follower.snapshot
        for _ in 0..<20 { _ = Self.happen(&follower, using: &random) }
        var caughtUp = stale
        var touched = caughtUp.replaceSlices(Array(follower.slices.values))
        touched.formUnion(caughtUp.replaceServices(Array(follower.services.values)))
        _ = caughtUp.replaceNodes(Array(follower.nodes.values))
        let before = Self.view(stale)
        let after = Self.view(caughtUp)
        #expect(after == Self.view(follower.snapshot))
        #expect(caughtUp.nodes == follower.snapshot.nodes)
        #expect(touched.isSuperset(of: before.keys.filter { before[$0] != after[$0] }))
    }

    /// One event: the Services it touched, and whether the nodes differ.
    private static func happen(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> (touched: Set<ServiceIdentity>, nodesDiffer: Bool) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return (changeService(&follower, using: &random), false)
        case 2, 3, 4: return (changeSlice(&follower, using: &random), false)
        default: return ([], changeNode(&follower, using: &random))
        }
    }

    private static func changeService(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> Set<ServiceIdentity> {
        let name = names[Int.random(in: names.indices, using: &random)]
        if Int.random(in: 0..<3, using: &random) == 0 {
            follower.services[name] = nil
            return follower.snapshot.delete(service(name))
        }
        let types = [nil, "NodePort", "ExternalName"]
        let object = service(name, type: types[Int.random(in: types.indices, using: &random)])
        follower.services[name] = object
        return follower.snapshot.upsert(object)
    }

    private static func changeSlice(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> Set<ServiceIdentity> {
        let name = "slice-\(Int.random(in: 0..<5, using: &random))"
        if Int.random(in: 0..<4, using: &random) == 0 {
            follower.slices[name] = nil
            return follower.snapshot.delete(slice([], named: name))
        }
        let owners: [String?] = names + [nil]
        let pods = (1...2).map { pod("10.244.\($0).\(Int.random(in: 2...3, using: &random))") }
        let object = slice(
            Array(pods.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))),
            of: owners[Int.random(in: owners.indices, using: &random)], named: name,
            type: Int.random(in: 0..<5, using: &random) == 0 ? "FQDN" : "IPv4")
        follower.slices[name] = object
        return follower.snapshot.upsert(object)
    }

    private static func changeNode(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> Bool {
        let number = Int.random(in: 1...3, using: &random)
        if Bool.random(using: &random) {
            follower.nodes["node\(number)"] = nil
            return follower.snapshot.delete(node(number))
        }
        let zone = Bool.random(using: &random) ? "c" : "d"
        follower.nodes["node\(number)"] = node(number, labels: [WellKnown.zone: zone])
        return follower.snapshot.upsert(node(number, labels: [WellKnown.zone: zone]))
    }
}
