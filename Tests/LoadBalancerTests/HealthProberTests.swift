import HealthChecking
import NIOCore
import Synchronization
import Testing

@testable import LoadBalancer

@Suite("Checks over real sockets")
struct HealthProberTests {
    private let path = "/healthz"

    /// What comes first of a check of this place.
    private func outcome(
        _ check: HealthCheck, timeout: Duration = .milliseconds(300)
    ) async throws -> CheckOutcome {
        let paced = paced(check, interval: .milliseconds(50), timeout: timeout)
        let outcomes = try await outcomes(of: [paced], atLeast: 1)
        return try #require(outcomes[paced]?.first)
    }

    /// The same check, so often.
    private func paced(
        _ check: HealthCheck, interval: Duration, timeout: Duration
    ) -> HealthCheck {
        guard let policy = try? HealthPolicy(interval: interval, timeout: timeout) else {
            preconditionFailure("a pace is longer than zero")
        }
        return HealthCheck(check.socket, check.request, policy: policy)
    }

    /// What comes of some checks until each has come to an end so many times.
    private func outcomes(
        of checks: [HealthCheck], atLeast count: Int, maximumConcurrentChecks: Int = 100,
        commandFolder: String? = nil, deadline: Duration = .seconds(120)
    ) async throws -> [HealthCheck: [CheckOutcome]] {
        let collected = Mutex<[HealthCheck: [CheckOutcome]]>([:])
        let prober = HealthProber(
            maximumConcurrentChecks: maximumConcurrentChecks, commandFolder: commandFolder
        ) { check, outcome in
            collected.withLock { $0[check, default: []].append(outcome) }
            return check.policy.interval
        }
        prober.change(starting: checks, ending: [])
        let end = ContinuousClock.now + deadline
        func isDone() -> Bool {
            collected.withLock { all in checks.allSatisfy { (all[$0]?.count ?? 0) >= count } }
        }
        while !isDone(), .now < end { try await Task.sleep(for: .milliseconds(5)) }
        await prober.shutdown()
        return collected.withLock { $0 }
    }

    @Test("a port that accepts is healthy")
    func accepts() async throws {
        let server = try await TestServer(.silent)
        let outcome = try await outcome(HealthCheck(server.socket, .connect))
        #expect(outcome.failure == nil)
        #expect(outcome.duration > .zero)
        try await server.close()
    }

    @Test("a port where nobody listens refuses", arguments: [true, false])
    func refuses(connects: Bool) async throws {
        // No other test listens at this address, so none takes the port.
        let server = try await TestServer(.silent, at: "127.9.7.1")
        try await server.close()
        let check = HealthCheck(server.socket, connects ? .connect : .get(path: path))
        #expect(try await outcome(check).failure == .refused)
    }

    @Test("what the kernel does not even try fails at once, again and again")
    func notTried() async throws {
        // TCP has no broadcast.
        let check = paced(
            HealthCheck(socket("255.255.255.255:80"), .connect), interval: .milliseconds(20),
            timeout: .seconds(60))
        let outcomes = try await outcomes(of: [check], atLeast: 3)
        #expect(outcomes[check]?.allSatisfy { $0.failure == .unreachable } == true)
    }

    @Test(
        "an HTTP answer is judged by its status",
        arguments: [(200, nil), (302, nil), (404, .status(404)), (503, .status(503))]
            as [(Int, CheckFailure?)])
    func judges(status: Int, failure: CheckFailure?) async throws {
        let server = try await TestServer.answering("HTTP/1.1 \(status) So\r\n\r\n")
        let check = HealthCheck(server.socket, .get(path: path))
        #expect(try await outcome(check, timeout: .seconds(60)).failure == failure)
        try await server.close()
    }

    @Test(
        "a server that does not answer in time fails when the time is over, not later",
        arguments: [
            .silent,
            .answers(["HTTP/1.1 200 OK\r\nServer: x\r\n"], pause: .zero),
            .answers("HTTP/1.1 200 OK\r\n\r\n".map { "\($0)" }, pause: .milliseconds(100)),
        ] as [TestServer.Manner])
    func tooSlow(manner: TestServer.Manner) async throws {
        let server = try await TestServer(manner)
        let outcome = try await outcome(HealthCheck(server.socket, .get(path: path)))
        #expect(outcome.failure == .timedOut)
        #expect(outcome.duration >= .milliseconds(299))
        #expect(outcome.duration < .milliseconds(1_000))
        try await server.close()
    }

    @Test("a slow server that ends in time is healthy")
    func slowEnough() async throws {
        let pieces = "HTTP/1.1 200 OK\r\n\r\n".map { "\($0)" }
        let server = try await TestServer(.answers(pieces, pause: .milliseconds(5)))
        let check = HealthCheck(server.socket, .get(path: path))
        #expect(try await outcome(check, timeout: .seconds(5)).failure == nil)
        try await server.close()
    }

    @Test("a connection that ends before the answer is a failure")
    func closes() async throws {
        let server = try await TestServer(.closes)
        let check = HealthCheck(server.socket, .get(path: path))
        #expect(try await outcome(check).failure == .closed)
        try await server.close()
    }

    @Test("what speaks another protocol is a failure at once")
    func otherProtocol() async throws {
        let server = try await TestServer.answering("220 mail.example ESMTP\r\n")
        let check = HealthCheck(server.socket, .get(path: path))
        #expect(try await outcome(check, timeout: .seconds(10)).failure == .malformedAnswer)
        try await server.close()
    }

    @Test("checks are made again and again, those of a silent server one at a time")
    func repeats() async throws {
        let good = try await TestServer.answering("HTTP/1.1 200 OK\r\n\r\n")
        let silent = try await TestServer(.silent)
        let checks = [good, silent].map {
            paced(
                HealthCheck($0.socket, .get(path: path)), interval: .milliseconds(200),
                timeout: .seconds(2))
        }
        let outcomes = try await outcomes(of: checks, atLeast: 3)
        #expect(outcomes[checks[0]]?.allSatisfy { $0.failure == nil } == true)
        #expect(outcomes[checks[1]]?.allSatisfy { $0.failure == .timedOut } == true)
        // Three timeouts take as long as some thirty intervals.
        #expect((outcomes[checks[0]]?.count ?? 0) > (outcomes[checks[1]]?.count ?? 0))
        try await good.close()
        try await silent.close()
    }

    @Test("1,000 places are checked with 20 connections at a time, silent ones among them")
    func many() async throws {
        let good = try await TestServer.answering("HTTP/1.1 204 No\r\n\r\n")
        let silent = try await TestServer(.silent)
        let checks = (0..<1_000).map { number in
            paced(
                HealthCheck(
                    (number.isMultiple(of: 50) ? silent : good).socket, .get(path: "/\(number)")),
                interval: .seconds(1), timeout: .seconds(3))
        }
        let outcomes = try await outcomes(
            of: checks, atLeast: 1, maximumConcurrentChecks: 20)
        let failed = outcomes.values.filter { $0.first?.failure == .timedOut }
        let succeeded = outcomes.values.filter { $0.first?.failure == nil }
        #expect(failed.count == 20)
        #expect(succeeded.count == 980)
        try await good.close()
        try await silent.close()
    }

    @Test("a check that has ended reports nothing more")
    func ends() async throws {
        let server = try await TestServer(.silent)
        let count = Mutex(0)
        let prober = HealthProber(maximumConcurrentChecks: 1) { check, _ in
            count.withLock { $0 += 1 }
            return check.policy.interval
        }
        func quick(_ request: CheckRequest) -> HealthCheck {
            paced(
                HealthCheck(server.socket, request), interval: .milliseconds(10),
                timeout: .milliseconds(50))
        }
        let (ended, other) = (quick(.get(path: "/ended")), quick(.connect))
        prober.change(starting: [ended], ending: [])
        // The only connection allowed is the silent one's until that ends.
        prober.change(starting: [other], ending: [ended])
        let deadline = ContinuousClock.now + .seconds(10)
        while count.withLock({ $0 }) < 3, .now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(count.withLock { $0 } >= 3)
        await prober.shutdown()
        try await server.close()
    }

    @Test("a timer that comes much too late tells of this host, not of the node")
    func late() {
        #expect(!CheckRun.isLate(.milliseconds(40), after: .milliseconds(200)))
        #expect(CheckRun.isLate(.milliseconds(41), after: .milliseconds(200)))
    }

    @Test("pauses lie within a tenth of the interval, on both sides")
    func jitter() {
        var random = SystemRandomNumberGenerator()
        let pauses = (0..<1_000).map { _ in CheckSchedule.pause(.seconds(2), using: &random) }
        #expect(pauses.allSatisfy { .milliseconds(1_800)...(.milliseconds(2_200)) ~= $0 })
        #expect(pauses.contains { $0 < .milliseconds(1_900) })
        #expect(pauses.contains { $0 > .milliseconds(2_100) })
    }
}
