import HealthChecking
import Support
import Testing

@Suite("Targets whose connections fail")
struct EjectionLedgerTests {
    private typealias Ledger = EjectionLedger<String, Int>

    private func ledger(
        of count: Int = 10, _ change: (inout EjectionPolicy) -> Void = { _ in }
    ) -> Ledger {
        var policy = policy()
        change(&policy)
        var ledger = Ledger(policy: policy)
        ledger.watch("web", Set(0..<count))
        return ledger
    }

    private func policy() -> EjectionPolicy {
        var policy = EjectionPolicy()
        policy.failures = 3
        policy.time = .seconds(10)
        policy.maximumTime = .seconds(35)
        return policy
    }

    private func fail(_ target: Int, _ times: Int, at now: Duration, _ ledger: inout Ledger) {
        for _ in 0..<times { ledger.failed(target, at: now) }
    }

    @Test("failures in a row eject, and a success among them begins anew")
    func inARow() {
        var ledger = ledger()
        fail(1, 2, at: .zero, &ledger)
        ledger.succeeded(1)
        fail(1, 2, at: .zero, &ledger)
        #expect(ledger.ejected.isEmpty && ledger.takeChanged().isEmpty)
        let third = ledger.failed(1, at: .seconds(1))
        #expect(third)
        let ejection = ledger.ejected[1]
        #expect(ejection?.since == .seconds(1) && ejection?.until == .seconds(11))
        #expect(ejection?.number == 1)
        #expect(ledger.takeChanged() == ["web"])
        let further = ledger.failed(1, at: .seconds(2))
        #expect(!further)
    }

    @Test("ejections last twice as long each, up to a limit, until a quiet time")
    func growing() {
        var ledger = ledger()
        var now = Duration.zero
        for seconds in [10, 20, 35, 35] {
            fail(1, 3, at: now, &ledger)
            #expect(ledger.ejected[1]?.until == now + .seconds(seconds))
            let early = ledger.advance(to: now + .seconds(seconds) - .milliseconds(1))
            #expect(early.isEmpty)
            now += .seconds(seconds)
            let due = ledger.advance(to: now)
            #expect(due == [1])
        }
        fail(1, 3, at: now + .seconds(35), &ledger)
        #expect(ledger.ejected[1]?.number == 1)
    }

    @Test("ejections of before hold for targets that are watched again, for the time they had left")
    func remembered() {
        let before = Ledger.Ejection(since: .seconds(-5), until: .seconds(5), number: 2)
        var ledger = Ledger(policy: policy(), remembered: [1: before, 2: before, 9: before])
        #expect(ledger.ejected.isEmpty)
        ledger.watch("web", [0, 1])
        #expect(ledger.ejected == [1: before])
        let isBack = ledger.checkSucceeded(1, begunAt: .zero)
        #expect(isBack && ledger.ejected.isEmpty)
        fail(1, 3, at: .seconds(1), &ledger)
        #expect(ledger.ejected[1]?.number == 3)

        // Another Service's targets come later; nobody watches the third.
        ledger.watch("api", [2, 3])
        #expect(ledger.ejected[2] == before)
        #expect(ledger.remembered == [9: before])
        let due = ledger.advance(to: .seconds(5))
        #expect(due == [2])
        #expect(ledger.remembered.isEmpty)
        ledger.watch("late", [9, 10])
        #expect(ledger.ejected[9] == nil)
    }

    @Test("of a group that is smaller now no more than the share stay ejected")
    func rememberedTooMany() {
        let before = Ledger.Ejection(since: .seconds(-5), until: .seconds(5), number: 1)
        var ledger = Ledger(policy: policy(), remembered: [0: before, 1: before])
        ledger.watch("web", [0, 1, 2])
        #expect(ledger.ejected.isEmpty)
        #expect(ledger.takeChanged() == ["web"])
    }

    @Test(
        "at most the share is ejected, one of two or more in any case, the only one never",
        arguments: [(1, 0), (2, 1), (9, 1), (19, 1), (20, 2), (100, 10)])
    func share(count: Int, most: Int) {
        var ledger = ledger(of: count)
        for target in 0..<count { fail(target, 9, at: .zero, &ledger) }
        #expect(ledger.ejected.count == most)
    }

    @Test("a share of 100 % still leaves the last one in")
    func everyShare() {
        var ledger = ledger(of: 4) { $0.maximumShare = 100 }
        for target in 0..<4 { fail(target, 3, at: .zero, &ledger) }
        #expect(ledger.ejected.count == 3)
    }

    @Test("a check that reaches the target brings it back, if it began after the ejection")
    func checks() {
        var ledger = ledger()
        fail(1, 3, at: .seconds(5), &ledger)
        let early = ledger.checkSucceeded(1, begunAt: .seconds(4))
        #expect(!early && ledger.ejected.count == 1)
        let late = ledger.checkSucceeded(1, begunAt: .seconds(6))
        #expect(late && ledger.ejected.isEmpty)
    }

    @Test("lost evidence forgets what speaks against targets, and ejects nobody")
    func losses() {
        var ledger = ledger()
        fail(1, 2, at: .zero, &ledger)
        ledger.forgetFailures()
        fail(1, 2, at: .zero, &ledger)
        #expect(ledger.ejected.isEmpty)
    }

    @Test("a group that shrinks below what its ejections allow has all of its targets back")
    func shrinking() {
        var ledger = ledger(of: 3)
        fail(1, 3, at: .zero, &ledger)
        ledger.watch("web", [1])
        #expect(ledger.ejected.isEmpty)
        ledger.watch("web", [])
        #expect(ledger.isEmpty)
        let unknown = ledger.failed(1, at: .zero)
        #expect(!unknown)
    }

    /// Whatever happens, in whatever order.
    @Test(
        "no sequence ejects more than is allowed, or for longer", arguments: 0..<50 as Range<UInt64>
    )
    func anything(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var ledger = ledger(of: 25)
        var size = 25
        var now = Duration.zero
        for _ in 0..<3_000 {
            let target = Int.random(in: 0..<25, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0:
                size = Int.random(in: 0...25, using: &random)
                ledger.watch("web", Set(0..<size))
            case 1..<4: ledger.succeeded(target)
            case 4: ledger.checkSucceeded(target, begunAt: now)
            case 5: ledger.forgetFailures()
            default: ledger.failed(target, at: now)
            }
            now += .milliseconds(Int.random(in: 0..<500, using: &random))
            _ = ledger.advance(to: now)
            #expect(ledger.ejected.count <= ledger.policy.allowance(among: size))
            #expect(ledger.ejected.values.allSatisfy { $0.until > now })
            #expect(ledger.ejected.values.allSatisfy { $0.until - $0.since <= .seconds(35) })
            #expect(ledger.ejected.keys.allSatisfy { $0 < size })
        }
    }
}
