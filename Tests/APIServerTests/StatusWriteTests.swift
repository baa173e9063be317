import APIClient
import Addressing
import AsyncHTTPClient
import KubeAPI
import Logging
import NIOCore
import NIOHTTP1
import ObjectStore
import Support
import Testing

@testable import APIServer
@testable import Admission

@Suite("Writing a status, client and server together", .timeLimit(.minutes(1)))
struct StatusWriteTests {
    private static let manifest = """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: default}
        spec: {type: LoadBalancer, ports: [{port: 80}]}
        """
    private let key = ObjectKey(kind: .services, namespace: "default", name: "web")

    /// Serves a folder with one Service for the time of a test.
    private func serving(_ body: (RunningServer, APIClient) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try folder.write(Self.manifest, to: "web.yaml")
        let store = ObjectStore(startingAfter: 100)
        let desk = StatusDesk()
        let source = ManifestSource(
            path: folder.path, store: store,
            admission: try AdmissionConfiguration(
                serviceBlocks: [#require(CIDRBlock("10.96.0.0/12"))]), desk: desk,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await source.run { _ in } }
            try await eventually("the manifest is loaded") { store.object(key) != nil }
            try await RunningServer.with(store, desk: desk) { server in
                try await server.withClient { try await body(server, $0) }
            }
            group.cancelAll()
        }
    }

    private func write(_ ip: String, to service: ServiceObject?) throws -> JSONValue {
        let version = try #require(service?.metadata.resourceVersion)
        return IngressWrite(
            key: key, resourceVersion: version, ingress: [LoadBalancerIngress(ip: ip)], note: ip
        ).patch
    }

    @Test("a client's patch is in the answer, in the object and in watches; a stale one conflicts")
    func patched() async throws {
        try await serving { server, client in
            let before = try await client.object(
                ServiceObject.self, namespace: "default", name: "web")
            let patch = try write("198.51.100.7", to: before)
            let after = try await client.patchStatus(of: key, with: patch, ServiceObject.self)
            #expect(after.status.loadBalancer?.ingress?.map(\.ip) == ["198.51.100.7"])
            #expect(after.metadata.annotations?.values.map(\.self) == ["198.51.100.7"])
            let path = "/api/v1/namespaces/default/services/web/status"
            #expect(try await server.get(path, as: ServiceObject.self) == after)
            let revision = try #require(before?.metadata.resourceVersion)
            let events = try await server.watch(
                "/api/v1/services?watch=true&resourceVersion=\(revision)&timeoutSeconds=1")
            #expect(events.map(\.type) == ["MODIFIED"])
            #expect(events.first?.object?.status == after.status)
            let error = await #expect(throws: APIClientError.self) {
                try await client.patchStatus(of: key, with: patch, ServiceObject.self)
            }
            #expect(error?.isConflict == true)
        }
    }

    @Test("what cannot be said in JSON is no fault of the API")
    func unwritable() async throws {
        let client = APIClient(try APITarget(url: "http://127.0.0.1:1"))
        let error = await #expect(throws: APIClientError.self) {
            try await client.patchStatus(
                of: key, with: .object(["status": .number(.nan)]), ServiceObject.self)
        }
        #expect(error?.code == .unwritable)
        await client.shutdown()
    }

    @Test("nothing but the status of a Service is written, and in no other form")
    func refused() async throws {
        let services = "/api/v1/namespaces/default/services"
        let long = String(repeating: " ", count: 70_000)
        try await serving { server, _ in
            for (path, body, type, expected) in [
                ("\(services)/web/status", "{}", "json-patch", 415),
                ("\(services)/web/status", "no json", "merge-patch", 400),
                ("\(services)/web/status", long, "merge-patch", 413),
                ("\(services)/other/status", "{}", "merge-patch", 404),
                ("\(services)/web", "{}", "merge-patch", 405),
                ("/api/v1/nodes/node1/status", "{}", "merge-patch", 404),
                ("\(services)/web/status", "{}", "strategic-merge-patch", 200),
            ] {
                let answer = try await patch(server, path, body, "application/\(type)+json")
                #expect(answer == expected, "\(path), \(type)")
            }
        }
    }

    private func patch(
        _ server: RunningServer, _ path: String, _ body: String, _ type: String
    ) async throws -> Int {
        var request = HTTPClientRequest(url: server.url + path)
        request.method = .PATCH
        request.headers.add(name: "content-type", value: type)
        request.headers.add(name: "connection", value: "close")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return Int(response.status.code)
    }
}
