import Foundation
import HealthChecking
import LoadBalancer
import Testing

@Suite("What checks have shown so far")
struct HealthLedgerTests {
    private let check = nodeCheck(1)
    private let start = Date(timeIntervalSince1970: 1_000)
    private let later = Date(timeIntervalSince1970: 2_000)
    private let good = CheckOutcome(duration: .milliseconds(2))

    private func ledger(fall: Int = 2) throws -> HealthLedger {
        var ledger = HealthLedger(policy: try HealthPolicy(rise: 2, fall: fall))
        ledger.begin(check, at: start)
        return ledger
    }

    private func bad(_ failure: CheckFailure) -> CheckOutcome {
        CheckOutcome(failure: failure, duration: .milliseconds(200))
    }

    @Test("a target that was not checked yet takes traffic")
    func unknown() throws {
        let ledger = try ledger()
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.records[check]?.state.condition == .unknown)
    }

    @Test("failures in a row take the target out, with the last reason and the time")
    func falls() throws {
        var ledger = try ledger()
        #expect(ledger.take(bad(.timedOut), of: check, at: start) == .none)
        #expect(ledger.takeChanged().isEmpty)
        #expect(ledger.take(bad(.refused), of: check, at: later) == .becameUnhealthy(.refused))
        #expect(ledger.unhealthy == [check])
        #expect(ledger.takeChanged() == [check])
        #expect(ledger.takeChanged().isEmpty)
        #expect(ledger.records[check]?.reason == .refused)
        #expect(ledger.records[check]?.since == later)
    }

    @Test("successes in a row bring the target back")
    func rises() throws {
        var ledger = try ledger(fall: 1)
        _ = ledger.take(bad(.timedOut), of: check, at: start)
        _ = ledger.takeChanged()
        #expect(ledger.take(good, of: check, at: later) == .none)
        #expect(ledger.take(good, of: check, at: later) == .becameHealthy)
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.takeChanged() == [check])
        #expect(ledger.records[check]?.reason == nil)
    }

    @Test("a first success is no news for the tables: the target took traffic already")
    func firstSuccess() throws {
        var ledger = try ledger()
        #expect(ledger.take(good, of: check, at: start) == .becameHealthy)
        #expect(ledger.takeChanged().isEmpty)
    }

    @Test("a check that could not be made says nothing about the node")
    func notMade() throws {
        var ledger = try ledger(fall: 1)
        for _ in 0..<5 {
            #expect(ledger.take(bad(.notMade("no ports left")), of: check, at: start) == .none)
        }
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.records[check]?.last?.failure == .notMade("no ports left"))
    }

    @Test("what comes of a check that has ended is forgotten")
    func ended() throws {
        var ledger = try ledger(fall: 1)
        _ = ledger.take(bad(.timedOut), of: check, at: start)
        ledger.end(check)
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.takeChanged().isEmpty)
        #expect(ledger.take(bad(.timedOut), of: check, at: start) == .none)
        #expect(ledger.records.isEmpty)
    }

    @Test("10,000 flapping results change nothing and take no room")
    func flapping() throws {
        var ledger = try ledger(fall: 3)
        _ = ledger.take(good, of: check, at: start)
        var changes = 0
        for number in 0..<10_000 {
            let outcome = number.isMultiple(of: 3) ? good : bad(.timedOut)
            if ledger.take(outcome, of: check, at: start) != .none { changes += 1 }
        }
        #expect(changes == 0)
        #expect(ledger.records.count == 1)
        #expect(ledger.records[check]?.outcomeCount == 10_001)
    }
}
