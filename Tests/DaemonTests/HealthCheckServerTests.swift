import Addressing
import CoreMetrics
import Dispatch
import Glibc
import Hummingbird
import Logging
import NodeProxy
import ServiceLifecycle
import ServiceModel
import Support
import Synchronization
import Testing

@testable import Daemon

/// Real requests to health check ports on addresses of the loopback interface.
@Suite("Health check ports of Services", .serialized)
struct HealthCheckServerTests {
    /// What `curl` was told.
    private struct Answer {
        let status: String
        let text: String
    }

    private let board = ServiceHealthBoard()
    private let isProxyWell = Box(true)

    /// A flag that a test and the server share.
    private final class Box: Sendable {
        let value: Mutex<Bool>
        init(_ value: Bool) { self.value = Mutex(value) }
    }

    private func port(_ number: Int) throws -> Port { try #require(Port(number)) }

    private func publish(_ counts: [Int: Int], at address: String) throws {
        var entries: [Port: ServiceHealthBoard.Entry] = [:]
        for (number, count) in counts {
            entries[try port(number)] = .init(
                service: ServiceIdentity(namespace: "shop", name: "web"),
                localEndpointCount: count)
        }
        board.publish(entries, at: [try #require(IPAddress(address))])
    }

    private func get(_ address: String, _ port: Int) async throws -> Answer? {
        let url = "http://\(address):\(port)/any"
        // On a thread of its own: the server needs those that tasks share.
        let output = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        try Command.run([
                            "curl", "--silent", "--include", "--max-time", "20", url,
                        ])
                    })
            }
        }
        guard output.status == 0 else { return nil }
        let status = output.text.split(separator: " ").dropFirst().first.map(String.init)
        return Answer(status: status ?? "", text: output.text)
    }

    /// Asks until the answer has the status, for a minute at most; nil: nobody answers.
    @discardableResult
    private func get(_ address: String, _ port: Int, until status: String?) async throws -> Answer?
    {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let answer = try await get(address, port)
            if answer?.status == status { return answer }
        }
        Issue.record("\(address):\(port) never gave \(status ?? "nothing")")
        return nil
    }

    /// Runs the server until the body returns.
    private func serving(_ body: () async throws -> Void) async throws {
        let server = HealthCheckServer(
            board: board, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            isProxyWell: { [isProxyWell] in isProxyWell.value.withLock { $0 } })
        let running = ServiceGroup(
            services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await running.run() }
            do {
                try await body()
            } catch {
                await running.triggerGracefulShutdown()
                throw error
            }
            await running.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test("91: 200 with local endpoints, else 503; the count stands in body and header")
    func counts() async throws {
        try publish([32401: 2, 32402: 0], at: "127.9.1.1")
        try await serving {
            let served = try #require(try await get("127.9.1.1", 32401, until: "200"))
            for part in [
                "X-Load-Balancing-Endpoint-Weight: 2", "Content-Type: application/json",
                "\"namespace\" : \"shop\"", "\"name\" : \"web\"", "\"localEndpoints\" : 2",
                "\"serviceProxyHealthy\" : true",
            ] {
                #expect(
                    served.text.lowercased().contains(part.lowercased()), "\(part)")
            }
            let empty = try #require(try await get("127.9.1.1", 32402, until: "503"))
            #expect(empty.text.contains("\"localEndpoints\" : 0"))
        }
    }

    @Test("a proxy that is not well serves no Service, however many endpoints there are")
    func proxyNotWell() async throws {
        isProxyWell.value.withLock { $0 = false }
        try publish([32401: 2], at: "127.9.1.2")
        try await serving {
            let answer = try #require(try await get("127.9.1.2", 32401, until: "503"))
            #expect(answer.text.contains("\"serviceProxyHealthy\" : false"))
            #expect(answer.text.contains("\"localEndpoints\" : 2"))
        }
    }

    @Test("88: ports follow the Services: counts, new ports, ports that are closed")
    func follows() async throws {
        try publish([32401: 0], at: "127.9.1.3")
        try await serving {
            try await get("127.9.1.3", 32401, until: "503")
            try publish([32401: 1, 32402: 1], at: "127.9.1.3")
            try await get("127.9.1.3", 32401, until: "200")
            try await get("127.9.1.3", 32402, until: "200")
            try publish([32402: 1], at: "127.9.1.3")
            try await get("127.9.1.3", 32401, until: nil)
            #expect(try await get("127.9.1.3", 32402)?.status == "200")
        }
    }

    @Test("a port that is taken is served as soon as it is free, the others at once")
    func taken() async throws {
        let holder = try Holder(of: "127.9.1.4:32401")
        try publish([32401: 1, 32402: 1], at: "127.9.1.4")
        try await serving {
            try await get("127.9.1.4", 32402, until: "200")
            holder.close()
            try await get("127.9.1.4", 32401, until: "200")
        }
    }

    @Test(
        "a port that is given up while its listener begins is closed all the same",
        .timeLimit(.minutes(2)))
    func stopsWhileItBegins() async throws {
        let place = try #require(SocketEndpoint("127.9.1.5:32401"))
        for _ in 0..<50 {
            let listener = HealthCheckListener(
                place: place, unserved: Meter(label: "test"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                answer: { Response(status: .ok) })
            async let run: Void = listener.run()
            await listener.stop()
            await run
        }
        try Holder(of: "127.9.1.5:32401").close()
    }
}

/// Somebody else's listener.
private final class Holder: Sendable {
    private let descriptor: Int32

    init(of place: String) throws {
        let place = try #require(SocketEndpoint(place))
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let result = unsafe place.withSocketAddress { unsafe bind(descriptor, $0, $1) }
        try #require(result == 0)
        try #require(listen(descriptor, 1) == 0)
    }

    func close() { Glibc.close(descriptor) }
}
