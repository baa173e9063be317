import APIClient
import Foundation
import KubeAPI
import ObjectStore
import Testing

@testable import APIServer

@Suite("Writing Leases through the API", .timeLimit(.minutes(1)))
struct WritingTests {
    private static let path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"

    private func lease(_ holder: String?, name: String = "pair") -> LeaseObject {
        var lease = LeaseObject(metadata: ObjectMeta(name: name, namespace: "kube-system"))
        lease.spec.holderIdentity = holder
        lease.spec.leaseDurationSeconds = 5
        lease.spec.renewTime = "2026-01-31T12:00:00.000250Z"
        return lease
    }

    private func withClient(
        _ body: (RunningServer, APIClient) async throws -> Void
    ) async throws {
        try await RunningServer.with { server in
            try await server.withClient { try await body(server, $0) }
        }
    }

    private func refusal(_ write: () async throws -> LeaseObject) async throws -> APIClientError? {
        do {
            _ = try await write()
            return nil
        } catch let error as APIClientError {
            return error
        }
    }

    @Test("one that is made has an identity and a version, and is read, listed and watched")
    func creates() async throws {
        try await withClient { server, client in
            let made = try await client.create(lease("one"))
            #expect(made.spec.holderIdentity == "one")
            #expect(made.metadata.uid?.isEmpty == false)
            #expect(made.metadata.creationTimestamp?.isEmpty == false)
            #expect(made.metadata.resourceVersion == "101")
            let read = try await client.object(
                LeaseObject.self, namespace: "kube-system", name: "pair")
            #expect(read == made)
            #expect(try await client.list(LeaseObject.self) == [made])
            let events = try await server.get(
                "\(Self.path)?watch=true&resourceVersion=100&timeoutSeconds=1")
            #expect(String(decoding: events.body, as: UTF8.self).contains("\"ADDED\""))
        }
    }

    @Test("of two that make it one does; of two that replace one version one does")
    func conflicts() async throws {
        try await withClient { _, client in
            let made = try await client.create(lease("one"))
            let second = try await refusal { try await client.create(lease("two")) }
            #expect(second?.isConflict == true)
            #expect(second?.status?.reason == "AlreadyExists")
            var mine = made
            mine.spec.holderIdentity = "two"
            let mineWritten = try await client.update(mine)
            #expect(mineWritten.spec.holderIdentity == "two")
            #expect(mineWritten.metadata.uid == made.metadata.uid)
            let theirs = try await refusal { try await client.update(made) }
            #expect(theirs?.isConflict == true)
            #expect(theirs?.status?.reason == "Conflict")
        }
    }

    @Test("what is gone, or was made again, is not replaced")
    func gone() async throws {
        try await withClient { server, client in
            let made = try await client.create(lease("one"))
            #expect(try await server.get("\(Self.path)/pair", method: "DELETE").status == 200)
            #expect(try await refusal { try await client.update(made) }?.isMissing == true)
            let again = try await client.create(lease("two"))
            var stale = made
            stale.metadata.resourceVersion = again.metadata.resourceVersion
            #expect(try await refusal { try await client.update(stale) }?.isConflict == true)
        }
    }

    @Test("what cannot be is refused, and the field is named")
    func refused() async throws {
        try await withClient { server, client in
            var wrong = lease("one")
            wrong.spec.leaseDurationSeconds = 0
            wrong.spec.renewTime = "2026-01-31T12:00:00Z"
            let refused = try await refusal { try await client.create(wrong) }
            #expect(refused?.status?.code == 422)
            let fields = refused?.status?.details?.causes?.map(\.field)
            #expect(fields == ["spec.leaseDurationSeconds", "spec.renewTime"])
            _ = try await client.create(lease("one"))
            // No version: whoever wrote last would win.
            let blind = try await refusal { try await client.update(lease("two")) }
            #expect(blind?.status?.code == 422)
            #expect(try await server.get("/api/v1/services", method: "POST").status == 405)
            #expect(try await server.get(Self.path, method: "POST").status == 400)
            #expect(try await server.get("\(Self.path)/pair", method: "PATCH").status == 405)
        }
    }

    @Test(
        "whoever writes in a way that is not taken is told which one is",
        arguments: [
            ("PATCH", "\(WritingTests.path)/pair", "PUT and DELETE"),
            ("DELETE", WritingTests.path, "POST"),
            ("PUT", "/api/v1/namespaces/default/services/web/status", "PATCH"),
            ("DELETE", "/api/v1/namespaces/default/services/web", "manifests"),
            ("POST", "/version", "can only be read"),
        ])
    func otherWay(method: String, path: String, way: String) async throws {
        try await withClient { server, _ in
            let answer = try await server.get(path, method: method)
            let status = try JSONDecoder().decode(StatusObject.self, from: answer.body)
            #expect(status.code == 405)
            #expect(status.message?.contains(way) == true)
        }
    }

    @Test("at most a thousand are kept, and none above 64 KiB is taken")
    func limits() async throws {
        let store = ObjectStore(startingAfter: 0)
        let writer = ClientWriter(store)
        for number in 0..<ClientWriter.maximumObjects {
            _ = try writer.create(.lease(lease(nil, name: "lease-\(number)")))
        }
        let error = #expect(throws: StatusObject.self) {
            try writer.create(.lease(lease(nil, name: "one-more")))
        }
        #expect(error?.code == 403)
        try await withClient { _, client in
            var large = lease("one")
            large.metadata.annotations = ["note": String(repeating: "x", count: 64 << 10)]
            let refused = try await refusal { try await client.create(large) }
            #expect(refused?.status?.code == 413)
        }
    }

    @Test("kubectl learns that they are served, and what may be done with them")
    func discovery() async throws {
        try await RunningServer.with { server in
            let groups = String(decoding: try await server.get("/apis").body, as: UTF8.self)
            #expect(groups.contains("coordination.k8s.io/v1"))
            #expect(groups.contains("discovery.k8s.io/v1"))
            let resources = String(
                decoding: try await server.get("/apis/coordination.k8s.io/v1").body, as: UTF8.self)
            #expect(resources.contains("\"create\""))
            let core = String(decoding: try await server.get("/api/v1").body, as: UTF8.self)
            #expect(!core.contains("\"create\""))
            #expect(!core.contains("leases"))
        }
    }
}
