import Foundation
import KubeAPI
import NIOCore
import ObjectStore
import Support
import Testing

@testable import APIServer

@Suite("Watching the API", .timeLimit(.minutes(1)))
struct WatchingTests {
    @Test("a watch tells what was added, modified and deleted since its revision")
    func events() async throws {
        let store = ObjectStore(startingAfter: 100)
        try store.put(service("old"))
        try store.put(service("web"))
        try store.put(service("web", labels: ["a": "b"]))
        try store.delete(service("web").key)
        try await RunningServer.with(store) { server in
            let events = try await server.watch(
                "/api/v1/services?watch=true&resourceVersion=101&timeoutSeconds=1")
            #expect(events.map(\.type) == ["ADDED", "MODIFIED", "DELETED"])
            #expect(
                events.map { $0.object?.metadata.resourceVersion } == ["102", "103", "104"])
        }
    }

    @Test("a watch without a revision begins with all objects")
    func initialObjects() async throws {
        let store = ObjectStore(startingAfter: 100)
        try store.put(service("web"))
        try store.put(service("web", namespace: "shop"))
        try await RunningServer.with(store) { server in
            let events = try await server.watch(
                "/api/v1/namespaces/shop/services?watch=true&timeoutSeconds=1")
            #expect(events.map(\.type) == ["ADDED"])
            #expect(events.first?.object?.metadata.namespace == "shop")
            let asked = try await server.watch(
                "/api/v1/services?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
                    + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=1")
            #expect(asked.map(\.type) == ["ADDED", "ADDED", "BOOKMARK"])
            guard case .bookmark(let bookmark)? = asked.last else { return }
            #expect(bookmark.endsInitialEvents)
            #expect(bookmark.metadata.resourceVersion == "102")
        }
    }

    @Test("an idle watch sends bookmarks when it is asked to, and none when not")
    func bookmarks() async throws {
        let store = ObjectStore(startingAfter: 100)
        try store.put(.node(NodeObject(metadata: ObjectMeta(name: "node1"))))
        try await RunningServer.with(store, bookmarkInterval: .milliseconds(200)) { server in
            let path = "/api/v1/services?watch=true&resourceVersion=100&timeoutSeconds=1"
            let events = try await server.watch(path + "&allowWatchBookmarks=true")
            #expect((2...6).contains(events.count))
            #expect(events.allSatisfy { $0.type == "BOOKMARK" })
            guard case .bookmark(let bookmark)? = events.first else { return }
            #expect(bookmark.metadata.resourceVersion == "101")
            #expect(try await server.watch(path).isEmpty)
        }
    }

    @Test("to a watch by label an object is deleted when it loses the label")
    func labels() async throws {
        let store = ObjectStore(startingAfter: 100)
        try store.put(service("web", labels: ["app": "web"]))
        try store.put(service("web", labels: ["app": "web", "x": "y"]))
        try store.put(service("web"))
        try store.put(service("web", labels: ["app": "other"]))
        try store.put(service("web", labels: ["app": "web"]))
        try await RunningServer.with(store) { server in
            let events = try await server.watch(
                "/api/v1/services?watch=true&resourceVersion=100&timeoutSeconds=1"
                    + "&labelSelector=app%3Dweb")
            #expect(events.map(\.type) == ["ADDED", "MODIFIED", "DELETED", "ADDED"])
        }
    }

    @Test("a revision that is too old, or not of this store, is gone: HTTP status 410")
    func gone() async throws {
        let store = ObjectStore(startingAfter: 100)
        try await RunningServer.with(store) { server in
            for revision in [99, 101] {
                let answer = try await server.get(
                    "/api/v1/services?watch=true&resourceVersion=\(revision)")
                #expect(answer.status == 410)
                let status = try JSONDecoder().decode(StatusObject.self, from: answer.body)
                #expect(status.reason == "Expired")
            }
        }
    }

    @Test("a watcher that falls behind is told so with an ERROR event of code 410")
    func tooSlow() async throws {
        var limits = StoreLimits()
        limits.changesKept = 4
        let store = ObjectStore(startingAfter: 100, limits: limits)
        let watch = try store.watch(.services, after: 100)
        var events = WatchEvents(
            kind: .services, watch: watch,
            filter: WatchFilter(namespace: nil, isIncluded: nil), initial: nil,
            endsInitialEvents: false, bookmarkInterval: nil)
        for number in 0..<20 { try store.put(service("s\(number)")) }
        let line = try #require(try await events.next())
        let event = try JSONDecoder().decode(
            WatchEvent<ServiceObject>.self, from: Data(line.readableBytesView))
        guard case .error(let status) = event else {
            Issue.record("no error but \(event)")
            return
        }
        #expect(status.code == 410)
        let end = try await events.next()
        #expect(end == nil)
    }

    @Test("a graceful shutdown ends open watches at once")
    func shutdown() async throws {
        let start = ContinuousClock.now
        let lines = try await withThrowingTaskGroup(of: Int.self) { group in
            try await RunningServer.with { server in
                group.addTask {
                    try await server.watch("/api/v1/services?watch=true&timeoutSeconds=60").count
                }
                try await eventually("the watch is open") { server.store.watcherCount == 1 }
            }
            return try await group.next()
        }
        #expect(lines == 0)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
