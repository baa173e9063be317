import Addressing
import DNSMessage
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import DNSServer

@Suite("Where the server listens", .timeLimit(.minutes(2)))
struct ListeningTests {
    private let question = "web.default.svc.cluster.local"

    @Test("a port that is taken is tried again, until it is free", arguments: ["tcp", "udp"])
    func taken(transport: String) async throws {
        try await RunningPlace.with { place in
            let wanted = try freeEndpoint()
            let holder = try await hold(wanted, transport)
            let health = DNSHealth()
            var keeper = ListenerKeeper(
                pool: place.pool, health: health, logger: Logger(label: "test"))
            health.update { $0.wanted = [wanted] }
            await keeper.turn()
            #expect(health.state.unbound == [wanted])
            #expect(health.state.failures[wanted] != nil)
            #expect(!health.state.isListening)
            await keeper.turn()
            #expect(health.state.unbound == [wanted])
            try await holder.close()
            await keeper.turn()
            #expect(health.state.isListening)
            #expect(health.state.failures.isEmpty)
            let reply = try await ask(wanted, try query(question))
            #expect(reply.answers.count == 1)
            await keeper.closeAll()
        }
    }

    @Test("an address that the host does not have is named, and the others are served")
    func missing() async throws {
        try await RunningPlace.with { place in
            let wanted = try freeEndpoint()
            let missing = try endpoint("203.0.113.77:5300")
            let health = DNSHealth()
            var keeper = ListenerKeeper(
                pool: place.pool, health: health, logger: Logger(label: "test"))
            health.update { $0.wanted = [missing, wanted] }
            await keeper.turn()
            #expect(health.state.unbound == [missing])
            #expect(try await ask(wanted, try query(question)).answers.count == 1)
            await keeper.closeAll()
            #expect(health.state.bound.isEmpty)
        }
    }

    @Test("an address that is no longer wanted is given up, over UDP and TCP")
    func moved() async throws {
        try await RunningPlace.with { place in
            let (before, after) = (try freeEndpoint(), try freeEndpoint())
            let health = DNSHealth()
            var keeper = ListenerKeeper(
                pool: place.pool, health: health, logger: Logger(label: "test"))
            health.update { $0.wanted = [before] }
            await keeper.turn()
            health.update { $0.wanted = [after] }
            await keeper.turn()
            #expect(health.state.bound == [after])
            #expect(try await ask(after, try query(question)).answers.count == 1)
            // Both can be had by others now.
            for transport in ["tcp", "udp"] {
                try await hold(before, transport).close()
            }
            await keeper.closeAll()
        }
    }

    @Test("a second server takes no part of the first one's port")
    func second() async throws {
        try await RunningPlace.with { place in
            await #expect(throws: ListenError.self) {
                _ = try await Listener.open(place.endpoint, on: place.pool)
            }
            for id in 0..<16 as Range<UInt16> {
                let reply = try await ask(place.endpoint, try query(question, id: id))
                #expect(reply.answers.count == 1)
            }
        }
    }

    /// Takes an address and port, as another program might.
    private func hold(_ endpoint: SocketEndpoint, _ transport: String) async throws -> any Channel {
        let host = "\(endpoint.address)"
        let port = Int(endpoint.port.rawValue)
        if transport == "tcp" {
            return try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: host, port: port).get()
        }
        return try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: host, port: port).get()
    }
}
