import Foundation
import KubeAPI
import ObjectStore
import Support
import Testing

@testable import APIServer

@Suite("Reading the API", .timeLimit(.minutes(1)))
struct ReadingTests {
    private typealias Services = ObjectList<ServiceObject>

    private func filledStore() throws -> ObjectStore {
        let store = ObjectStore(startingAfter: 100)
        try store.put(service("web", labels: ["app": "web"]))
        try store.put(service("db", labels: ["app": "db"]))
        try store.put(service("web", namespace: "shop", labels: ["app": "web"]))
        try store.put(.node(NodeObject(metadata: ObjectMeta(name: "node1"))))
        return store
    }

    @Test("23: lists are over all namespaces or one, by label and by name")
    func lists() async throws {
        try await RunningServer.with(filledStore()) { server in
            let all = try await server.get("/api/v1/services", as: Services.self)
            #expect(all.kind == "ServiceList")
            #expect(all.metadata.resourceVersion == "104")
            #expect(
                all.items.map(\.key.description) == [
                    "services default/db", "services default/web", "services shop/web",
                ])
            let counts = [
                "/api/v1/namespaces/shop/services": 1,
                "/api/v1/services?labelSelector=app%3Dweb": 2,
                "/api/v1/services?labelSelector=app%20in%20(web,db)": 3,
                "/api/v1/services?fieldSelector=metadata.name%3Ddb": 1,
                "/api/v1/namespaces/none/services": 0,
            ]
            for (path, count) in counts {
                let list = try await server.get(path, as: Services.self)
                #expect(list.items.count == count, "\(path)")
            }
            let nodes = try await server.get("/api/v1/nodes", as: ObjectList<NodeObject>.self)
            #expect(nodes.items.map(\.metadata.name) == ["node1"])
        }
    }

    @Test("a list is read page by page at one revision")
    func pages() async throws {
        let store = ObjectStore(startingAfter: 0)
        for number in 0..<5 { try store.put(service("s\(number)")) }
        try await RunningServer.with(store) { server in
            let first = try await server.get("/api/v1/services?limit=2", as: Services.self)
            #expect(first.metadata.remainingItemCount == 3)
            let token = try #require(first.metadata.continue)
            try store.delete(service("s3").key)
            let second = try await server.get(
                "/api/v1/services?limit=10&continue=\(token)", as: Services.self)
            #expect(second.items.map(\.metadata.name) == ["s2", "s3", "s4"])
            #expect(second.metadata.resourceVersion == first.metadata.resourceVersion)
            #expect(second.metadata.continue == nil)
            let foreign = try await server.get(
                "/api/v1/services?continue=services.3.2", as: StatusObject.self)
            #expect(foreign.code == 410)
        }
    }

    @Test("one object is read by its name")
    func oneObject() async throws {
        try await RunningServer.with(filledStore()) { server in
            let object = try await server.get(
                "/api/v1/namespaces/shop/services/web", as: ServiceObject.self)
            #expect(object.metadata.resourceVersion == "103")
            let node = try await server.get("/api/v1/nodes/node1", as: NodeObject.self)
            #expect(node.kind == "Node")
        }
    }

    @Test(
        "what cannot be answered is refused with a Status that says why",
        arguments: [
            ("GET", "/api/v1/namespaces/shop/services/none", 404, "NotFound"),
            ("GET", "/api/v1/configmaps", 404, "NotFound"),
            ("GET", "/apis/apps/v1/deployments", 404, "NotFound"),
            ("GET", "/api/v1/services/web", 404, "NotFound"),
            ("GET", "/api/v1/services?labelSelector=%3D", 400, "BadRequest"),
            ("GET", "/api/v1/services?fieldSelector=spec.type%3DX", 400, "BadRequest"),
            ("GET", "/api/v1/services?limit=-1", 400, "BadRequest"),
            ("GET", "/api/v1/services?continue=nonsense", 400, "BadRequest"),
            ("GET", "/api/v1/services?watch=1&resourceVersion=x", 400, "BadRequest"),
            ("DELETE", "/api/v1/services", 405, "MethodNotAllowed"),
        ])
    func refusals(method: String, path: String, code: Int, reason: String) async throws {
        try await RunningServer.with(filledStore()) { server in
            let answer = try await server.get(path, method: method)
            #expect(answer.status == code)
            let status = try JSONDecoder().decode(StatusObject.self, from: answer.body)
            #expect(status.reason == reason)
            #expect(status.code == code)
            #expect(status.message?.isEmpty == false)
        }
    }

    @Test("kubectl finds what is served")
    func discovery() async throws {
        try await RunningServer.with { server in
            struct Resources: Decodable {
                struct Resource: Decodable {
                    let name: String
                    let verbs: [String]
                }
                let groupVersion: String
                let resources: [Resource]
            }
            let core = try await server.get("/api/v1", as: Resources.self)
            #expect(core.groupVersion == "v1")
            #expect(
                core.resources.map(\.name)
                    == ["services", "services/status", "endpoints", "pods", "nodes"])
            #expect(core.resources.dropFirst().first?.verbs == ["get", "patch"])
            #expect(core.resources.first?.verbs == ["get", "list", "watch"])
            let slices = try await server.get("/apis/discovery.k8s.io/v1", as: Resources.self)
            #expect(slices.resources.map(\.name) == ["endpointslices"])
            for path in ["/api", "/apis", "/apis/discovery.k8s.io", "/version"] {
                #expect(try await server.get(path).status == 200, "\(path)")
            }
            let groups = try await server.get("/apis").body
            #expect(String(decoding: groups, as: UTF8.self).contains("discovery.k8s.io/v1"))
        }
    }

    @Test("a connection over the limit waits until another one ends")
    func connectionLimit() async throws {
        let path = "/api/v1/services?watch=true&timeoutSeconds=1"
        for (limit, mustWait) in [(2, false), (1, true)] {
            let store = ObjectStore(startingAfter: 100)
            try await RunningServer.with(store, maximumConnections: limit) { server in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await server.get(path) }
                    try await eventually("the watch is open") { store.watcherCount == 1 }
                    _ = try await server.get("/healthz")
                    #expect((store.watcherCount == 0) == mustWait)
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("a server that has not loaded yet lives, but is not ready")
    func health() async throws {
        let paths = ["/healthz", "/livez", "/readyz"]
        for (isReady, expected) in [(false, [200, 200, 503]), (true, [200, 200, 200])] {
            try await RunningServer.with(isReady: isReady) { server in
                var found: [Int] = []
                for path in paths { found.append(try await server.get(path).status) }
                #expect(found == expected)
            }
        }
    }
}
