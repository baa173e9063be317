import Addressing
import ClusterDNS
import DNSForwarding
import DNSMessage
import Logging
import NIOCore
import Testing

@testable import DNSServer

/// A server's threads and sockets at a loopback address of their own, without an API.
struct RunningPlace {
    let context: QueryHandler.Context
    let pool: WorkerPool
    let endpoint: SocketEndpoint
    private let forwarder: Forwarder

    /// Starts one, has it used, and ends it.
    static func with(
        names: ServedNames? = nil, upstreams: [SocketEndpoint] = [],
        limits: ServerLimits = ServerLimits(answersPerSecond: 0),
        _ body: (RunningPlace) async throws -> Void
    ) async throws {
        let forwarder = Forwarder(
            ForwardingConfiguration(upstreams: upstreams.map { UpstreamServer($0) }),
            logger: Logger(label: "test"))
        let context = try sampleContext(names: names, forwarder: forwarder, limits: limits)
        let pool = try await WorkerPool(
            context, desk: ForwardDesk(forwarder, payloadBytes: 1_232, log: nil),
            statistics: QueryStatistics(), threadCount: 2)
        let endpoint = try freeEndpoint()
        let place = RunningPlace(
            context: context, pool: pool, endpoint: endpoint, forwarder: forwarder)
        do {
            let listener = try await Listener.open(endpoint, on: pool)
            try await body(place)
            await listener.close()
        } catch {
            await place.end()
            throw error
        }
        await place.end()
    }

    private func end() async {
        await forwarder.shutdown()
        await pool.shutdown()
    }
}

/// A loopback address that hardly anybody else has taken.
func freeEndpoint() throws -> SocketEndpoint {
    let host = UInt32.random(in: 0x7f01_0000...0x7ffe_fffe)
    return SocketEndpoint(
        address: .v4(IPv4Address(rawValue: host)), port: try #require(Port(5_300)))
}
