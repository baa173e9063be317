import Foundation
import HealthChecking
import LoadBalancer
import Testing

@Suite("What checks have shown so far")
struct HealthLedgerTests {
    private let start = Date(timeIntervalSince1970: 1_000)
    private let later = Date(timeIntervalSince1970: 2_000)
    private let good = CheckOutcome(duration: .milliseconds(2))

    private func started(
        fall: Int = 2, slowStart: Duration = .zero
    ) -> (ledger: HealthLedger, check: HealthCheck) {
        let check = nodeCheck(1, fall: fall)
        var ledger = HealthLedger(slowStart: slowStart)
        ledger.change(starting: [check], at: start)
        return (ledger, check)
    }

    private func bad(_ failure: CheckFailure) -> CheckOutcome {
        CheckOutcome(failure: failure, duration: .milliseconds(200))
    }

    @Test("a target that was not checked yet takes traffic")
    func unknown() throws {
        let (ledger, check) = started()
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.records[check]?.state.condition == .unknown)
    }

    @Test("failures in a row take the target out, with the last reason and the time")
    func falls() throws {
        var (ledger, check) = started()
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
        var (ledger, check) = started(fall: 1)
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
        var (ledger, check) = started()
        #expect(ledger.take(good, of: check, at: start) == .becameHealthy)
        #expect(ledger.takeChanged().isEmpty)
    }

    @Test("a check that could not be made says nothing about the node")
    func notMade() throws {
        var (ledger, check) = started(fall: 1)
        for _ in 0..<5 {
            #expect(ledger.take(bad(.notMade("no ports left")), of: check, at: start) == .none)
        }
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.records[check]?.last?.failure == .notMade("no ports left"))
    }

    @Test("what comes of a check that has ended is forgotten")
    func ended() throws {
        var (ledger, check) = started(fall: 1)
        _ = ledger.take(bad(.timedOut), of: check, at: start)
        ledger.change(starting: [], ending: [check], at: later)
        #expect(ledger.unhealthy.isEmpty)
        #expect(ledger.takeChanged().isEmpty)
        #expect(ledger.take(bad(.timedOut), of: check, at: start) == .none)
        #expect(ledger.records.isEmpty)
    }

    @Test("10,000 flapping results change nothing and take no room")
    func flapping() throws {
        var (ledger, check) = started(fall: 3)
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

    @Test("a target that has to prove itself takes no traffic before it has", arguments: [1, 2])
    func down(rise: Int) throws {
        var policy = try HealthPolicy(rise: rise, fall: 1)
        policy.initial = .fullyDown
        let check = HealthCheck(socket("192.168.50.1:80"), .connect, policy: policy)
        var ledger = HealthLedger()
        ledger.change(starting: [check], at: start)
        #expect(ledger.unhealthy == [check])
        #expect(ledger.records[check]?.reason == .notChecked)
        _ = ledger.take(bad(.refused), of: check, at: later)
        #expect(ledger.records[check]?.reason == .refused)
        for _ in 0..<rise { _ = ledger.take(good, of: check, at: later) }
        #expect(ledger.unhealthy.isEmpty)
    }

    @Test("the number of endpoints is told when it changes, and no failure takes it away")
    func weights() {
        var (ledger, check) = started()
        func told(_ weight: Int) -> CheckOutcome {
            CheckOutcome(weight: weight, duration: .milliseconds(1))
        }
        _ = ledger.take(told(3), of: check, at: start)
        #expect(ledger.takeChanged() == [check])
        #expect(ledger.standings.weights == [check: 3])
        _ = ledger.take(told(3), of: check, at: start)
        _ = ledger.take(bad(.timedOut), of: check, at: start)
        #expect(ledger.takeChanged().isEmpty)
        _ = ledger.take(told(0), of: check, at: start)
        #expect(ledger.takeChanged() == [check])
        #expect(ledger.standings.weights == [check: 0])
    }

    @Test("a target that returns takes its traffic up in five steps")
    func slowStart() {
        var (ledger, check) = started(fall: 1, slowStart: .seconds(10))
        let instant = ContinuousClock.now
        _ = ledger.take(good, of: check, at: start, instant: instant)
        #expect(ledger.standings.warmth.isEmpty)
        _ = ledger.take(bad(.refused), of: check, at: start, instant: instant)
        for _ in 0..<2 { _ = ledger.take(good, of: check, at: later, instant: instant) }
        _ = ledger.takeChanged()
        #expect(ledger.standings.warmth == [check: 1])
        var steps: [Int] = []
        for second in 1...12 {
            ledger.advance(to: instant + .seconds(second))
            if !ledger.takeChanged().isEmpty { steps.append(ledger.standings.warmth[check] ?? 5) }
        }
        #expect(steps == [2, 3, 4, 5])
    }

    @Test("a target that falls while it returns begins anew")
    func fallsAgain() {
        var (ledger, check) = started(fall: 1, slowStart: .seconds(10))
        _ = ledger.take(bad(.refused), of: check, at: start)
        for _ in 0..<2 { _ = ledger.take(good, of: check, at: later) }
        _ = ledger.take(bad(.refused), of: check, at: later)
        #expect(ledger.standings.warmth.isEmpty)
    }
}
