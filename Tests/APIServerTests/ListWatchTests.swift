import APIClient
import KubeAPI
import ObjectStore
import Support
import Testing

@testable import APIServer

@Suite("List and watch, client and server together", .timeLimit(.minutes(1)))
struct ListWatchTests {
    /// What a receiver was told, as short words.
    private final class Told: Sendable {
        private let words = Shared<[String]>([])

        var all: [String] { words.now }

        func take(_ change: ObjectChange<ServiceObject>) {
            let word =
                switch change {
                case .listed(let objects, _):
                    "listed " + objects.compactMap(\.metadata.name).joined(separator: ",")
                case .upserted(let object): "upserted \(object.metadata.name ?? "")"
                case .deleted(let object): "deleted \(object.metadata.name ?? "")"
                case .unreadable(let object): "unreadable \(object)"
                case .connected: "connected"
                case .disconnected(let error): "disconnected \(error.code.rawValue)"
                }
            words.change { $0.append(word) }
        }

        /// Everything but failed attempts, of which there may be any number.
        var withoutFailures: [String] {
            all.filter { !$0.hasPrefix("disconnected") }
        }
    }

    private func following(
        _ url: String, limits: ClientLimits = ClientLimits(), _ body: (Told) async throws -> Void
    ) async throws {
        let client = APIClient(try APITarget(url: url), limits: limits)
        let told = Told()
        let watch = ListWatch<ServiceObject>(
            client: client, backoff: Backoff(first: .milliseconds(20), cap: .milliseconds(100)))
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watch.run { told.take($0) } }
                try await body(told)
                group.cancelAll()
            }
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    @Test("a client is told all objects, over several pages, and then every change")
    func wholeWalk() async throws {
        let store = ObjectStore(startingAfter: 100)
        for name in ["a", "b", "c"] { try store.put(service(name)) }
        var limits = ClientLimits()
        limits.pageItems = 2
        try await RunningServer.with(store) { server in
            try await following(server.url, limits: limits) { told in
                try await eventually("the list") { told.all == ["listed a,b,c", "connected"] }
                try store.put(service("d"))
                try store.put(service("a", labels: ["x": "y"]))
                try store.delete(service("b").key)
                try await eventually("the changes") {
                    told.all.suffix(3) == ["upserted d", "upserted a", "deleted b"]
                }
            }
        }
    }

    @Test("15: a server that comes back is listed anew; what went meanwhile is gone")
    func restart() async throws {
        let old = ObjectStore(startingAfter: 100)
        for name in ["a", "b"] { try old.put(service(name)) }
        let new = ObjectStore(startingAfter: 5000)
        try new.put(service("b"))
        let port = Shared(0)
        try await RunningServer.with(old) { server in port.change { $0 = server.port } }
        let number = port.now
        try await following("http://127.0.0.1:\(number)") { told in
            try await RunningServer.with(old, port: number) { _ in
                try await eventually("the first list") {
                    told.withoutFailures == ["listed a,b", "connected"]
                }
            }
            try await eventually("the failure") {
                told.all.last == "disconnected unreachable"
            }
            try await RunningServer.with(new, port: number) { _ in
                try await eventually("the second list") {
                    told.withoutFailures.suffix(2) == ["listed b", "connected"]
                }
            }
        }
    }

    @Test("a watch that the server ends in good order goes on without a word")
    func quietRenewal() async throws {
        let store = ObjectStore(startingAfter: 100)
        var limits = ClientLimits()
        limits.watchSeconds = 1
        try await RunningServer.with(store) { server in
            try await following(server.url, limits: limits) { told in
                try await eventually("the watch") { told.all == ["listed ", "connected"] }
                try await Task.sleep(for: .milliseconds(1500))
                try store.put(service("late"))
                try await eventually("the change") { told.all.last == "upserted late" }
                #expect(told.all.count == 3)
            }
        }
    }

    @Test("a store's history that is too short leads to a new list")
    func tooOld() async throws {
        var storeLimits = StoreLimits()
        storeLimits.changesKept = 2
        let store = ObjectStore(startingAfter: 100, limits: storeLimits)
        var limits = ClientLimits()
        limits.watchSeconds = 1
        let (released, release) = AsyncStream<Void>.makeStream()
        let lists = Shared<[Int]>([])
        let upserts = Shared(0)
        try await RunningServer.with(store) { server in
            let api = APIClient(try APITarget(url: server.url), limits: limits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await api.watch(ServiceObject.self) { change in
                        if case .listed(let objects, _) = change {
                            lists.change { $0.append(objects.count) }
                        }
                        guard case .upserted = change else { return }
                        upserts.change { $0 += 1 }
                        // The first event holds the reader up while the history moves on.
                        if upserts.now == 1 { for await _ in released { return } }
                    }
                }
                try await eventually("the first list") { lists.now == [0] }
                try await eventually("the watch") { store.watcherCount == 1 }
                try store.put(service("s0"))
                try await eventually("the reader is held up") { upserts.now == 1 }
                try await eventually("the watch has ended") { store.watcherCount == 0 }
                for number in 1..<20 { try store.put(service("s\(number)")) }
                release.yield()
                try await eventually("the second list") { lists.now == [0, 20] }
                group.cancelAll()
            }
            await api.shutdown()
        }
    }
}
