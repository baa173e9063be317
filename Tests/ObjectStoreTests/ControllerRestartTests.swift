import Addressing
import Admission
import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("Cluster controller over restarts")
struct ControllerRestartTests {
    private let store = ObjectStore(startingAfter: 0)

    private func controller(
        state: StateFile, store: ObjectStore? = nil
    ) async throws -> ClusterController {
        try await ClusterController(
            store: store ?? self.store, admission: Sample.admission(), stateFile: state)
    }

    @Test("addresses, identities and creation times are kept over a restart")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let services = ["a", "b", "c"].map { Sample.service($0) }
        var metadata: [ObjectMeta] = []
        do {
            var controller = try await controller(state: StateFile(folder: folder.path))
            _ = await controller.apply(Sample.changes(services))
            metadata = services.compactMap { store.object($0.key)?.object.metadata }
            _ = await controller.apply(Sample.changes(deleting: [services[0].key]))
        }
        let oldIP = store.clusterIP(of: "c")
        let later = ObjectStore(startingAfter: 0)
        var second = try await controller(
            state: StateFile(folder: folder.path), store: later)
        _ = await second.apply(Sample.changes(services.reversed()))
        let again = services.compactMap { later.object($0.key)?.object.metadata }
        #expect(later.clusterIP(of: "c") == oldIP)
        #expect(again[2].uid == metadata[2].uid)
        #expect(again[2].creationTimestamp == metadata[2].creationTimestamp)
        #expect(again[0].uid != metadata[0].uid)
    }

    private let good = [
        Sample.service("a", nodePort: 30080), Sample.pod("p", ip: "10.244.0.1", labels: ["x": "y"]),
    ]
    private let bad = [
        Sample.service("a", nodePort: 70000), Sample.pod("p", ip: "nowhere", labels: ["x": "y"]),
    ]

    /// What a folder says whose manifests were good before.
    private func spoilt() -> ManifestChanges {
        var changes = Sample.changes(bad)
        for object in good { changes.replaced[object.key] = Sample.manifest(object) }
        return changes
    }

    @Test("what a refused manifest was before outlives a restart, with its address")
    func refusedOverRestart() async throws {
        let folder = try TemporaryFolder()
        do {
            var controller = try await controller(state: StateFile(folder: folder.path))
            _ = await controller.apply(Sample.changes(good))
            _ = await controller.apply(spoilt())
            #expect(controller.refusals.compactMap(\.object).sorted() == bad.map(\.key).sorted())
        }
        for _ in 1...2 {
            let later = ObjectStore(startingAfter: 0)
            var again = try await controller(state: StateFile(folder: folder.path), store: later)
            _ = await again.apply(Sample.changes(bad))
            #expect(again.refusals.compactMap(\.object).sorted() == bad.map(\.key).sorted())
            for key in bad.map(\.key) {
                let (before, now) = (store.object(key)?.object, later.object(key)?.object)
                #expect(before?.withoutVersion == now?.withoutVersion && now != nil)
            }
        }
        let last = ObjectStore(startingAfter: 0)
        var mended = try await controller(state: StateFile(folder: folder.path), store: last)
        _ = await mended.apply(Sample.changes([Sample.service("b", nodePort: 30080)]))
        #expect(last.object(Sample.key(.services, "a")) == nil)
        #expect(last.object(Sample.key(.services, "b")) != nil)
        #expect(mended.lastGood.all.isEmpty)
    }

    @Test("a manifest that is accepted after its file broke is what a restart begins with")
    func acceptedWhileHeld() async throws {
        let folder = try TemporaryFolder()
        let held = Sample.manifest(Sample.service("a", nodePort: 30090))
        do {
            var controller = try await controller(state: StateFile(folder: folder.path))
            _ = await controller.apply(
                Sample.changes([good[0], Sample.service("b", nodePort: 30090)]))
            var changes = ManifestChanges()
            changes.upserts = [held]
            changes.replaced[held.key] = Sample.manifest(good[0])
            changes.isComplete = false
            _ = await controller.apply(changes)
            changes = ManifestChanges()
            changes.lastGood = [held]
            _ = await controller.apply(changes)
            #expect(controller.lastGood.all == [Sample.manifest(good[0])])
            _ = await controller.apply(
                Sample.changes(deleting: [Sample.key(.services, "b")]))
            #expect(controller.refusals.isEmpty)
        }
        let again = try await controller(state: StateFile(folder: folder.path))
        #expect(again.lastGood.all == [held])
    }

    @Test("a start that can serve nothing of it, as with a wrong range, forgets nothing")
    func wrongStart() async throws {
        let folder = try TemporaryFolder()
        guard case .service(var service) = good[0] else { return }
        service.spec.clusterIP = "10.96.0.50"
        var broken = ManifestChanges()
        broken.isComplete = false
        do {
            var controller = try await controller(state: StateFile(folder: folder.path))
            _ = await controller.apply(Sample.changes([.service(service)]))
            broken.lastGood = [Sample.manifest(.service(service))]
            _ = await controller.apply(broken)
        }
        // As a folder says at a start.
        broken.upserts = broken.lastGood ?? []
        do {
            var wrong = try await ClusterController(
                store: ObjectStore(),
                admission: AdmissionConfiguration(
                    serviceBlocks: [#require(CIDRBlock("10.112.0.0/16"))]),
                stateFile: StateFile(folder: folder.path))
            _ = await wrong.apply(broken)
            #expect(wrong.refusals.count == 1)
        }
        let later = ObjectStore(startingAfter: 0)
        var right = try await controller(state: StateFile(folder: folder.path), store: later)
        #expect(right.lastGood.all.map(\.key.name) == ["a"])
        _ = await right.apply(broken)
        #expect(later.clusterIP(of: "a") == "10.96.0.50")
    }

    @Test("a service in a file with a fault keeps its address over a restart")
    func restartWithFault() async throws {
        let folder = try TemporaryFolder()
        do {
            var controller = try await controller(state: StateFile(folder: folder.path))
            _ = await controller.apply(Sample.changes([Sample.service("a")]))
        }
        let oldIP = store.clusterIP(of: "a")
        let later = ObjectStore(startingAfter: 0)
        var second = try await controller(
            state: StateFile(folder: folder.path), store: later)
        var faulty = Sample.changes([Sample.service("b")])
        faulty.isComplete = false
        _ = await second.apply(faulty)
        #expect(later.object(Sample.key(.services, "a")) == nil)
        _ = await second.apply(Sample.changes([Sample.service("a")]))
        #expect(later.clusterIP(of: "a") == oldIP)
    }
}

extension ClusterObject {
    /// The object without the store's version, to be compared with that of another store.
    fileprivate var withoutVersion: ClusterObject {
        var copy = self
        copy.metadata.resourceVersion = nil
        return copy
    }
}
