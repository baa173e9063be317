import HealthChecking
import Support
import Testing

@Suite("Connections whose answer is awaited")
struct AwaitedRepliesTests {
    @Test("one that is not answered in time is told once, in the order of their beginning")
    func overdue() {
        var awaited = AwaitedReplies<Int>(replyTime: .seconds(1))
        awaited.began(1, to: 10, at: .zero)
        awaited.began(2, to: 20, at: .milliseconds(1))
        awaited.began(3, to: 30, at: .milliseconds(2))
        let answered = awaited.settled(2)
        let again = awaited.settled(2)
        #expect(answered == 20 && again == nil)
        let early = awaited.overdue(at: .milliseconds(999))
        let late = awaited.overdue(at: .milliseconds(1_002))
        let later = awaited.overdue(at: .seconds(9))
        #expect(early.isEmpty && late == [10, 30] && later.isEmpty)
        #expect(awaited.count == 0)
    }

    @Test("what was forgotten tells nothing, nor does what comes past the limit")
    func limits() {
        var awaited = AwaitedReplies<Int>(replyTime: .seconds(1))
        let limit = UInt32(AwaitedReplies<Int>.limit)
        for id in 0...limit { awaited.began(id, to: 1, at: .zero) }
        #expect(awaited.count == Int(limit))
        let beyond = awaited.settled(limit)
        #expect(beyond == nil)
        awaited.forgetAll()
        let overdue = awaited.overdue(at: .seconds(2))
        #expect(overdue.isEmpty)
        awaited.began(limit, to: 7, at: .seconds(3))
        #expect(awaited.count == 1)
    }

    /// A client repeats its SYN after one second, three and seven; each packet and each answer is
    /// lost once in a hundred times.
    @Test(
        "1 % loss of packets ejects nobody with the standard policy",
        arguments: 0..<8 as Range<UInt64>)
    func loss(seed: UInt64) {
        let (ejections, failures) = simulate(seed, deadTarget: nil)
        #expect(ejections == [:])
        #expect(failures > 0, "packets were lost often enough to matter")
    }

    @Test(
        "a target that answers nobody is ejected under the same loss, and nobody else",
        arguments: 0..<8 as Range<UInt64>)
    func dead(seed: UInt64) {
        #expect(simulate(seed, deadTarget: 3).ejections.keys.map(\.self) == [3])
    }

    /// Ten minutes of 200 connections a second to ten targets; how often each was ejected, and how
    /// many connections were without an answer in time.
    private func simulate(
        _ seed: UInt64, deadTarget: Int?
    ) -> (ejections: [Int: Int], failures: Int) {
        var random = SplitMix(seed: seed)
        let policy = EjectionPolicy()
        var ledger = EjectionLedger<Int, Int>(policy: policy)
        ledger.watch(0, Set(0..<10))
        var awaited = AwaitedReplies<Int>(replyTime: policy.replyTime)
        var answers: [Int: [UInt32]] = [:]
        var ejections: [Int: Int] = [:]
        var failures = 0
        for tick in 0..<120_000 {
            let now = Duration.milliseconds(5 * tick)
            for id in answers.removeValue(forKey: tick) ?? [] {
                if let target = awaited.settled(id) { ledger.succeeded(target) }
            }
            for target in awaited.overdue(at: now) {
                failures += 1
                if ledger.failed(target, at: now) { ejections[target, default: 0] += 1 }
            }
            _ = ledger.advance(to: now)
            let ejected = ledger.ejected
            let target = (0..<10).filter { ejected[$0] == nil }.randomElement(using: &random) ?? 0
            let id = UInt32(tick)
            awaited.began(id, to: target, at: now)
            guard target != deadTarget else { continue }
            let arrives = [0, 200, 600, 1_400].first { _ in
                // Neither the SYN nor its answer is lost.
                (0..<2).allSatisfy { _ in Int.random(in: 0..<100, using: &random) > 0 }
            }
            if let arrives { answers[tick + arrives + 1, default: []].append(id) }
        }
        return (ejections, failures)
    }
}
