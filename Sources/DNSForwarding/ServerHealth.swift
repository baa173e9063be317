import NIOCore

/// Which servers failed lately, so that they are asked after the others.
struct ServerHealth {
    private struct Failure {
        var avoidedUntil: NIODeadline
        var consecutiveCount: Int
    }

    /// Several failures of one server are remembered as one, so this is as long as the
    /// configuration is.
    private var failures: [UpstreamServer: Failure] = [:]
    private let avoidance: TimeAmount

    /// One lost datagram says little of a server; two in a row say that it is down.
    static let failuresOfDownServer = 2

    /// Nothing is known yet; a failing server is avoided for this long.
    init(avoidance: Duration) {
        self.avoidance = TimeAmount(avoidance)
    }

    /// The servers in the order they are to be asked: those that work as they are configured,
    /// then the others, the one that may work again first.
    func order(_ servers: [UpstreamServer], now: NIODeadline) -> [UpstreamServer] {
        guard !failures.isEmpty else { return servers }
        let avoided = servers.compactMap { server -> (UpstreamServer, NIODeadline)? in
            guard let failure = failures[server], now < failure.avoidedUntil else { return nil }
            return (server, failure.avoidedUntil)
        }
        guard !avoided.isEmpty else { return servers }
        let names = Set(avoided.map(\.0))
        return servers.filter { server in !names.contains(server) }
            + avoided.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// Whether every one of the servers is down: failed lately and repeatedly, with no answer
    /// since.
    func areAllDown(_ servers: [UpstreamServer], now: NIODeadline) -> Bool {
        servers.allSatisfy { server in
            failures[server].map { failure in
                now < failure.avoidedUntil
                    && failure.consecutiveCount >= Self.failuresOfDownServer
            } ?? false
        }
    }

    /// How often the server failed since it last answered.
    func consecutiveFailures(of server: UpstreamServer) -> Int {
        failures[server]?.consecutiveCount ?? 0
    }

    /// Remembers that the server answered, whatever the answer; whether it was down until now.
    mutating func noteAnswer(of server: UpstreamServer) -> Bool {
        guard let failure = failures.removeValue(forKey: server) else { return false }
        return failure.consecutiveCount >= Self.failuresOfDownServer
    }

    /// Remembers that the server did not answer; whether it is down from now on.
    mutating func noteFailure(of server: UpstreamServer, now: NIODeadline) -> Bool {
        let count = consecutiveFailures(of: server) + 1
        failures[server] = Failure(avoidedUntil: now + avoidance, consecutiveCount: count)
        return count == Self.failuresOfDownServer
    }
}
