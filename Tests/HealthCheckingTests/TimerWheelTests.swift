import HealthChecking
import Support
import Testing

@Suite("Times at which something is to be done")
struct TimerWheelTests {
    private let second: Int64 = 1_000_000_000
    private var tick: Int64 { TimerWheel<Int>.tickNanoseconds }

    @Test("nothing comes before its time, and nothing a tick after it")
    func punctual() {
        var wheel = TimerWheel<Int>(at: second)
        wheel.insert(1, at: 2 * second + 1)
        #expect(wheel.takeDue(at: 2 * second) == [])
        #expect(wheel.takeDue(at: 2 * second + tick) == [1])
        #expect(wheel.takeDue(at: 9 * second) == [])
    }

    @Test("what is due already comes at the next tick")
    func overdue() {
        var wheel = TimerWheel<Int>(at: 5 * second)
        wheel.insert(1, at: second)
        #expect(wheel.takeDue(at: 5 * second) == [])
        #expect(wheel.takeDue(at: 5 * second + tick) == [1])
    }

    @Test("who looks when told to finds everything, however far away it is", arguments: 0..<20)
    func follows(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var now: Int64 = .random(in: 0...second, using: &random)
        var wheel = TimerWheel<Int64>(at: now)
        // Up to two minutes: many rounds.
        var due = (0..<200).map { _ in now + .random(in: 0...120 * second, using: &random) }
        for time in due { wheel.insert(time, at: time) }
        var looks = 0
        while looks < 200 * 64, let next = wheel.nextLook {
            looks += 1
            #expect(next > now)
            now = next
            for time in wheel.takeDue(at: now) {
                #expect(time <= now && now < time + 2 * tick)
                let index = try #require(due.firstIndex(of: time))
                due.remove(at: index)
            }
        }
        #expect(due.isEmpty)
    }

    @Test("after a long sleep all of it comes at once")
    func sleeps() {
        var wheel = TimerWheel<Int64>(at: 0)
        for number in 1...100 as ClosedRange<Int64> { wheel.insert(number, at: number * second) }
        #expect(wheel.takeDue(at: 90 * second).sorted() == Array(1...90))
        #expect(wheel.takeDue(at: 1_000 * second).sorted() == Array(91...100))
        #expect(wheel.nextLook == nil)
    }
}
