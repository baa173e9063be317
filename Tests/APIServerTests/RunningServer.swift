import APIClient
import AsyncHTTPClient
import Foundation
import KubeAPI
import Logging
import NIOCore
import NIOHTTP1
import ObjectStore
import ServiceLifecycle
import Testing

@testable import APIServer

/// A server on a free port of the loopback, for the time of one test.
struct RunningServer: Sendable {
    let store: ObjectStore
    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs a test against a server; ends the server with it.
    static func with(
        _ store: ObjectStore = ObjectStore(startingAfter: 100),
        desk: StatusDesk? = nil,
        port: Int = 0,
        maximumConnections: Int = 100,
        bookmarkInterval: Duration = .seconds(30),
        isReady: Bool = true,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = APIServer(
            store: store, desk: desk, host: "127.0.0.1", port: port,
            maximumConnections: maximumConnections, bookmarkInterval: bookmarkInterval,
            logger: logger, isReady: { isReady },
            whenListening: { found.yield($0) })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let listening = try #require(await iterator.next())
            do {
                try await body(RunningServer(store: store, port: listening))
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Runs a body with a client of this server; ends the client with it.
    func withClient(
        limits: ClientLimits = ClientLimits(), _ body: (APIClient) async throws -> Void
    ) async throws {
        let client = APIClient(try APITarget(url: url), limits: limits)
        do {
            try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// Answers of a plain HTTP client, as curl would show them.
    func get(_ path: String, method: String = "GET") async throws -> (status: Int, body: Data) {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method)
        // A connection kept for later would count against the server's limit.
        request.headers.add(name: "connection", value: "close")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), Data(body.readableBytesView))
    }

    /// The answer decoded.
    func get<Value: Decodable>(_ path: String, as type: Value.Type) async throws -> Value {
        try JSONDecoder().decode(Value.self, from: await get(path).body)
    }

    /// The lines of a watch that ends by itself.
    func watch(_ path: String) async throws -> [WatchEvent<ServiceObject>] {
        try await get(path).body.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(WatchEvent<ServiceObject>.self, from: Data($0))
        }
    }
}

/// A Service as tests need it.
func service(
    _ name: String, namespace: String = "default", labels: [String: String]? = nil
) -> ClusterObject {
    .service(
        ServiceObject(
            metadata: ObjectMeta(name: name, namespace: namespace, labels: labels),
            spec: ServiceSpec(ports: [ServicePortObject(port: 80)])))
}
