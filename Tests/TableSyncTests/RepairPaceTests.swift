import TableSync
import Testing

@Suite("How soon foreign changes are repaired")
struct RepairPaceTests {
    private let start = ContinuousClock.now

    /// Repairs after the process as soon as it is allowed; returns the waits in between, and what
    /// was to be said.
    private func fight(
        _ count: Int, _ pace: inout RepairPace, process: String? = "other"
    ) -> (waits: [Duration], said: [Duration?]) {
        var now = start
        var waits: [Duration] = []
        var said: [Duration?] = []
        for _ in 0..<count {
            let next = max(now, pace.nextRepair ?? now)
            waits.append(next - now)
            now = next
            #expect(pace.allowsRepair(at: now))
            said.append(pace.repaired(after: process, at: now))
        }
        return (waits, said)
    }

    @Test("a few are repaired at once; then each waits longer, and it is said once")
    func slowsDown() {
        var pace = RepairPace()
        let (waits, said) = fight(RepairPace.promptRepairs + 4, &pace)
        #expect(waits.prefix(6) == Array(repeating: .zero, count: 6)[...])
        #expect(waits.suffix(3) == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(said == Array(repeating: nil, count: 5) + [.seconds(1), nil, nil, nil])
    }

    @Test("no repair is put off for longer than a minute")
    func limit() {
        var pace = RepairPace()
        let waits = fight(40, &pace).waits
        #expect(waits.max() == RepairPace.longestDelay)
    }

    @Test("after a quiet time repairs are made at once again")
    func recovers() {
        var pace = RepairPace()
        _ = fight(8, &pace)
        #expect(!pace.allowsRepair(at: start))
        let later = start + .seconds(600)
        #expect(pace.allowsRepair(at: later))
        #expect(pace.repaired(after: "other", at: later) == nil)
        #expect(pace.allowsRepair(at: later))
    }

    @Test("several processes that each change little are not one that fights")
    func several() {
        var pace = RepairPace()
        for number in 0..<20 {
            #expect(pace.repaired(after: "process \(number)", at: start) == nil)
            #expect(pace.allowsRepair(at: start))
        }
    }
}
