import HealthChecking
import Testing

@testable import LoadBalancer

/// The usual interval is an hour, so that whatever comes soon comes by another interval.
@Suite("How soon one check follows another, over real sockets")
struct CheckPaceTests {
    /// The checks of a place as a balancer makes them, until `isOver` says so of what they show.
    private func check(
        _ check: HealthCheck, until isOver: (HealthLedger.Record) async throws -> Bool
    ) async throws -> HealthLedger.Record {
        let (_, signal) = AsyncStream.makeStream(of: Void.self)
        let board = HealthBoard(slowStart: .zero, metrics: BalancerMetrics(), signal: signal) {
            _, _ in
        }
        board.change(starting: [check], ending: [])
        let prober = HealthProber(maximumConcurrentChecks: 10, commandFolder: nil) {
            board.take($1, of: $0)
        }
        prober.change(starting: [check], ending: [])
        let deadline = ContinuousClock.now + .seconds(120)
        var record = try #require(board.records[check])
        while try await !isOver(record), .now < deadline {
            try await Task.sleep(for: .milliseconds(5))
            record = try #require(board.records[check])
        }
        await prober.shutdown()
        return record
    }

    private func policy(
        fall: Int = 3, rise: Int = 3, _ change: (inout HealthPolicy) -> Void
    ) throws -> HealthPolicy {
        var policy = try HealthPolicy(
            interval: .seconds(3_600), timeout: .seconds(30), rise: rise, fall: fall)
        change(&policy)
        return policy
    }

    @Test("while results contradict what is believed they come by the fast interval")
    func inDoubt() async throws {
        let server = try await TestServer(.silent)
        try await server.close()
        let policy = try policy { $0.fastInterval = .milliseconds(20) }
        let record = try await check(HealthCheck(server.socket, .connect, policy: policy)) {
            $0.state.condition == .unhealthy
        }
        #expect(record.state.condition == .unhealthy)
        #expect(record.outcomeCount == 3)
    }

    @Test(
        "while the target is down they come by the interval for that, and find it when it is back")
    func down() async throws {
        let server = try await TestServer(.silent)
        try await server.close()
        let policy = try policy(fall: 1) {
            $0.downInterval = .milliseconds(20)
            $0.fastInterval = .milliseconds(10)
        }
        var isBack = false
        let record = try await check(HealthCheck(server.socket, .connect, policy: policy)) {
            if $0.outcomeCount >= 5, !isBack {
                isBack = true
                _ = try await TestServer(.silent, at: "127.0.0.1", port: server.port)
            }
            return $0.state.condition == .healthy
        }
        #expect(record.state.condition == .healthy)
        #expect(record.outcomeCount >= 8)
    }
}
