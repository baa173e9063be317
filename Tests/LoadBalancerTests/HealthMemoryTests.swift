import Foundation
import HealthChecking
import LoadBalancer
import Testing

@Suite("What is remembered of checks over a restart")
struct HealthMemoryTests {
    private let start = Date(timeIntervalSince1970: 1_000)
    private let later = Date(timeIntervalSince1970: 2_000)

    /// The records of checks of which each was told these outcomes.
    private func records(
        _ outcomes: [HealthCheck: [CheckOutcome]]
    ) -> [HealthCheck: HealthLedger.Record] {
        var ledger = HealthLedger()
        for (check, outcomes) in outcomes {
            ledger.begin(check, at: start)
            for outcome in outcomes { _ = ledger.take(outcome, of: check, at: later) }
        }
        return ledger.records
    }

    private func bad(_ failure: CheckFailure) -> [CheckOutcome] {
        [CheckOutcome](repeating: .init(failure: failure, duration: .seconds(1)), count: 2)
    }

    private func weight(_ weight: Int?) -> [CheckOutcome] {
        [CheckOutcome(weight: weight, duration: .milliseconds(1))]
    }

    @Test("only what is not simply well is remembered")
    func exceptions() {
        let entries = HealthMemory.entries(
            of: records([
                nodeCheck(1): [], nodeCheck(2): weight(nil), nodeCheck(3): weight(1),
                nodeCheck(4): bad(.refused), nodeCheck(5): weight(0), nodeCheck(6): weight(3),
                nodeCheck(7): bad(.notMade("no ports left")), nodeCheck(8): [bad(.refused)[0]],
            ]))
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
        #expect(HealthMemory.entries(of: records([check: []])).isEmpty)
    }

    @Test("checks that are called the same are remembered if they agree")
    func namesakes() {
        let (first, second) = (nodeCheck(1, fall: 1), nodeCheck(1, fall: 2))
        #expect(HealthMemory.entries(of: records([first: bad(.refused), second: []])).isEmpty)
        #expect(
            HealthMemory.entries(of: records([first: bad(.refused), second: weight(0)])).isEmpty)
        let agreeing = HealthMemory.entries(
            of: records([first: bad(.refused), second: bad(.timedOut)]))
        #expect(agreeing.count == 1)
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
        let entries = HealthMemory.entries(of: records([check: bad(reason)]))
        let text = try JSONEncoder().encode(entries)
        let memory = HealthMemory(try JSONDecoder().decode([HealthMemory.Entry].self, from: text))
        var ledger = HealthLedger()
        ledger.begin(check, at: .now, remembering: memory.entry(of: check))
        #expect(ledger.standings.unhealthy == [check])
        #expect(ledger.records[check]?.reason == reason)
        #expect(ledger.records[check]?.since == later)
        #expect(ledger.takeChanged().isEmpty)
        #expect(memory.entry(of: nodeCheck(2)) == nil)
    }

    @Test(
        "a remembered node that was dead returns by `rise` successes, one without endpoints at once"
    )
    func returns() {
        let dead = nodeCheck(1)
        let empty = nodeCheck(2)
        let memory = HealthMemory(
            HealthMemory.entries(of: records([dead: bad(.refused), empty: weight(0)])))
        var ledger = HealthLedger()
        for check in [dead, empty] {
            ledger.begin(check, at: start, remembering: memory.entry(of: check))
        }
        #expect(ledger.standings.weights == [empty: 0])
        _ = ledger.take(weight(2)[0], of: empty, at: later)
        #expect(ledger.standings.weights == [empty: 2])
        _ = ledger.take(weight(nil)[0], of: dead, at: later)
        #expect(ledger.unhealthy == [dead])
        _ = ledger.take(weight(nil)[0], of: dead, at: later)
        #expect(ledger.unhealthy.isEmpty)
    }
}
