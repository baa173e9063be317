import Foundation
import HealthChecking
import Testing

@testable import LoadBalancer

@Suite("What is remembered of checks over a restart")
struct HealthMemoryTests {
    private let start = Date(timeIntervalSince1970: 1_000)
    private let later = Date(timeIntervalSince1970: 2_000)

    /// What is remembered of checks of which each was told these outcomes.
    private func remembered(_ outcomes: [HealthCheck: [CheckOutcome]]) -> [HealthMemory.Entry] {
        var ledger = HealthLedger()
        ledger.change(starting: Set(outcomes.keys), at: start)
        for (check, outcomes) in outcomes {
            for outcome in outcomes { _ = ledger.take(outcome, of: check, at: later) }
        }
        return ledger.remembered
    }

    private func bad(_ failure: CheckFailure) -> [CheckOutcome] {
        [CheckOutcome](repeating: .init(failure: failure, duration: .seconds(1)), count: 2)
    }

    private func weight(_ weight: Int?) -> [CheckOutcome] {
        [CheckOutcome(weight: weight, duration: .milliseconds(1))]
    }

    @Test("only what is not simply well is remembered")
    func exceptions() {
        let entries = remembered([
            nodeCheck(1): [], nodeCheck(2): weight(nil), nodeCheck(3): weight(1),
            nodeCheck(4): bad(.refused), nodeCheck(5): weight(0), nodeCheck(6): weight(3),
            nodeCheck(7): bad(.notMade("no ports left")), nodeCheck(8): [bad(.refused)[0]],
        ])
        #expect(entries.map(\.check) == [4, 5, 6].map { "\(nodeCheck($0))" })
        #expect(entries.map(\.reason) == [.refused, nil, nil])
        #expect(entries.map(\.weight) == [nil, 0, 3])
        #expect(entries[0].since == later)
    }

    @Test("one that has to prove itself first does so anew")
    func initiallyDown() {
        var policy = testPolicy
        policy.initial = .fullyDown
        let check = HealthCheck(socket("192.168.50.1:80"), .connect, policy: policy)
        #expect(remembered([check: []]).isEmpty)
    }

    @Test("checks that want something else of the same place are others, however alike their names")
    func namesakes() {
        func check(_ change: (inout HTTPRequest) -> Void) -> HealthCheck {
            var http = HTTPRequest(path: "/healthz")
            change(&http)
            return HealthCheck(socket("192.168.50.1:10256"), .http(http), policy: testPolicy)
        }
        let plain = check { _ in }
        let memory = HealthMemory(remembered([plain: bad(.status(503))]))
        #expect(memory.entry(of: plain) != nil)
        #expect(memory.entry(of: nodeCheck(1, fall: 5)) != nil)
        for other in [
            check { $0.statuses = [503...503] }, check { $0.body = Array("ok".utf8) },
            check { $0.method = "HEAD" }, check { $0.host = "example.com" },
            check { $0.security = .unverified },
        ] {
            #expect(memory.entry(of: other) == nil)
            let own = HealthMemory(remembered([other: bad(.closed)]))
            #expect(own.entry(of: other) != nil)
            #expect(own.entry(of: plain) == nil)
        }
    }

    @Test(
        "every reason can be written down, read back and believed",
        arguments: [
            CheckFailure.refused, .timedOut, .unreachable, .closed, .status(503),
            .malformedAnswer, .unexpectedAnswer, .notServing("NOT_SERVING"), .exited(2),
            .notSecure("unknown authority"),
        ])
    func goesOn(reason: CheckFailure) throws {
        let check = nodeCheck(1)
        let text = try JSONEncoder().encode(remembered([check: bad(reason)]))
        let memory = HealthMemory(try JSONDecoder().decode([HealthMemory.Entry].self, from: text))
        var ledger = HealthLedger(memory: memory)
        ledger.change(starting: [check, nodeCheck(2)], at: .now)
        #expect(ledger.standings.unhealthy == [check])
        #expect(ledger.records[check]?.reason == reason)
        #expect(ledger.records[check]?.since == later)
        #expect(ledger.takeChanged().isEmpty)
    }

    @Test("a run that made no check hands on what it was told")
    func handsOn() {
        let entries = remembered([nodeCheck(1): bad(.refused), nodeCheck(2): weight(0)])
        #expect(HealthLedger(memory: HealthMemory(entries)).remembered == entries)
    }

    @Test(
        "a remembered node that was dead returns by `rise` successes, one without endpoints at once"
    )
    func returns() {
        let dead = nodeCheck(1)
        let empty = nodeCheck(2)
        let memory = HealthMemory(remembered([dead: bad(.refused), empty: weight(0)]))
        var ledger = HealthLedger(memory: memory)
        ledger.change(starting: [dead, empty], at: start)
        #expect(ledger.standings.weights == [empty: 0])
        _ = ledger.take(weight(2)[0], of: empty, at: later)
        #expect(ledger.standings.weights == [empty: 2])
        _ = ledger.take(weight(nil)[0], of: dead, at: later)
        #expect(ledger.unhealthy == [dead])
        _ = ledger.take(weight(nil)[0], of: dead, at: later)
        #expect(ledger.unhealthy.isEmpty)
    }

    @Test("nodes that come and go without end take no room without end")
    func bounded() throws {
        var memory = HealthMemory()
        for number in 0..<3 * HealthMemory.limit {
            let check = HealthCheck(
                socket("10.\(number >> 16).\(number >> 8 & 255).\(number & 255):80"), .connect)
            let entry = try #require(
                remembered([check: [CheckOutcome](repeating: bad(.refused)[0], count: 3)]).first)
            memory.note(entry)
        }
        #expect(memory.entries.count <= HealthMemory.limit)
    }
}
