import APIClient
import KubeAPI
import ObjectStore
import Testing

@testable import APIServer

@Suite("One object or one namespace, client and server together", .timeLimit(.minutes(1)))
struct ObjectReaderTests {
    private func asking(
        _ store: ObjectStore, _ body: (APIClient) async throws -> Void
    ) async throws {
        try await RunningServer.with(store) { server in
            var limits = ClientLimits()
            limits.pageItems = 1
            try await server.withClient(limits: limits, body)
        }
    }

    private func filledStore() throws -> ObjectStore {
        let store = ObjectStore(startingAfter: 100)
        for name in ["a", "b"] {
            try store.put(service(name))
            try store.put(service(name, namespace: "shop"))
        }
        return store
    }

    @Test("an object is read by its name; there may be none")
    func oneObject() async throws {
        try await asking(filledStore()) { client in
            let found = try await client.object(ServiceObject.self, namespace: "shop", name: "b")
            #expect(found?.key.description == "services shop/b")
            for name in ["c", "a/b", "../a", "%61"] {
                let none = try await client.object(
                    ServiceObject.self, namespace: "shop", name: name)
                #expect(none == nil, "\(name)")
            }
            let pod = try await client.object(PodObject.self, namespace: "shop", name: "b")
            #expect(pod == nil)
        }
    }

    @Test("the objects of one namespace are read, over several pages")
    func oneNamespace() async throws {
        try await asking(filledStore()) { client in
            let found = try await client.list(ServiceObject.self, namespace: "shop")
            #expect(found.map(\.key.description) == ["services shop/a", "services shop/b"])
            #expect(try await client.list(ServiceObject.self, namespace: "none").isEmpty)
            #expect(try await client.list(ServiceObject.self).count == 4)
        }
    }

    @Test("an answer that is no such object is told with the field that is wrong")
    func malformed() async throws {
        try await RunningServer.with(filledStore()) { server in
            // What follows the question mark is passed over: the answer is a list of resources.
            let client = APIClient(try APITarget(url: server.url + "/api/v1?x="))
            let error = await #expect(throws: APIClientError.self) {
                try await client.object(ServiceObject.self, namespace: "shop", name: "b")
            }
            #expect(error?.code == .malformed)
            await client.shutdown()
        }
    }
}
