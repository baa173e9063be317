import Addressing
import Netfilter
import Support
import Synchronization
import Testing

@testable import TableSync

@Suite("Deleting the flows of backends that are gone")
struct FlowPurgeTests {
    /// What the kernel was asked to delete, one list for each time.
    private final class Record: Sendable {
        private let value = Mutex<[[FlowFilter]]>([])

        var rounds: [[FlowFilter]] { value.withLock { $0 } }

        /// Adds a round and says how many there are now.
        func add(_ filters: [FlowFilter]) -> Int {
            value.withLock { rounds in
                rounds.append(filters)
                return rounds.count
            }
        }
    }

    private let purge = FlowPurge()
    private let record = Record()

    /// Hands that record what they are asked for, and do what is given then.
    private func hands(
        _ then: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) -> FlowPurge.Hands {
        FlowPurge.Hands(
            delete: { [record] in then(record.add($0)) },
            audit: { [record] in then(record.add([])) })
    }

    private func filter(_ text: String) throws -> FlowFilter {
        let backend: SocketEndpoint = try #require(SocketEndpoint(text))
        return FlowFilter(backend: backend)
    }

    /// Runs the purge until the body returns.
    private func running(
        _ hands: FlowPurge.Hands, _ body: () async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [purge] in await purge.run(hands) }
            await body()
            purge.end()
        }
    }

    @Test("what is asked for while flows are being deleted is deleted together, right after")
    func gathers() async throws {
        let first = try filter("10.244.0.1:8080")
        let later = [try filter("10.244.0.2:8080"), try filter("10.244.0.3:8080")]
        let (twoRounds, twoRoundsDone) = AsyncStream.makeStream(of: Void.self)
        let hands = hands { [purge] count in
            if count == 1 { for filter in later { purge.add([filter]) } }
            if count == 2 { twoRoundsDone.finish() }
            return true
        }
        await running(hands) {
            purge.add([first])
            for await _ in twoRounds {}
        }
        #expect(record.rounds.first == [first])
        #expect(Set(record.rounds.dropFirst().first ?? []).isSuperset(of: later))
    }

    @Test("flows are looked for several times, since packets may have been on their way")
    func looksAgain() async throws {
        let filter = try filter("10.244.0.1:8080")
        let (enough, finish) = AsyncStream.makeStream(of: Void.self)
        let hands = hands { count in
            if count == FlowSweep.looks { finish.finish() }
            return true
        }
        await running(hands) {
            purge.add([filter])
            for await _ in enough {}
        }
        #expect(record.rounds == Array(repeating: [filter], count: FlowSweep.looks))
    }

    @Test(
        "changes that go on have the kernel's table gone through a hundredth of the time",
        arguments: [Duration.zero, .milliseconds(5)])
    func leavesTimeBetween(taken: Duration) async throws {
        let clock = ContinuousClock()
        let looks = Mutex<[Range<ContinuousClock.Instant>]>([])
        let (enough, finish) = AsyncStream.makeStream(of: Void.self)
        let next = try filter("10.244.0.2:8080")
        let hands = FlowPurge.Hands(
            delete: { [purge] _ in
                let begin = clock.now
                try? await Task.sleep(for: taken)
                let count = looks.withLock { looks in
                    looks.append(begin..<clock.now)
                    return looks.count
                }
                purge.add([next])
                if count == 3 { finish.finish() }
                return true
            }, audit: { true })
        await running(hands) {
            purge.add([next])
            for await _ in enough {}
        }
        let times = looks.withLock { $0 }
        #expect(times.count >= 3)
        for (before, after) in zip(times, times.dropFirst()) {
            let pause = after.lowerBound - before.upperBound
            #expect(pause >= max(FlowPurge.shortestPause, taken * 99))
        }
    }

    @Test("what could not be deleted is tried until it can be")
    func triesAgain() async throws {
        let filter = try filter("10.244.0.1:8080")
        let (enough, finish) = AsyncStream.makeStream(of: Void.self)
        let tries = FlowSweep.looks + 2
        let hands = hands { count in
            if count == tries { finish.finish() }
            return count > 2
        }
        await running(hands) {
            purge.add([filter])
            for await _ in enough {}
        }
        #expect(record.rounds.count == tries)
    }

    @Test("an audit is asked for once, and again if it failed")
    func audits() async throws {
        let (enough, finish) = AsyncStream.makeStream(of: Void.self)
        let hands = hands { count in
            if count == 2 { finish.finish() }
            return count == 2
        }
        await running(hands) {
            purge.audit()
            for await _ in enough {}
        }
        #expect(record.rounds == [[], []])
    }

    @Test("it is idle once all that was asked for is done, an audit as well")
    func isIdle() async throws {
        let (enough, finish) = AsyncStream.makeStream(of: Void.self)
        let idle = Mutex<[Bool]>([])
        let hands = hands { [purge] count in
            idle.withLock { $0.append(purge.isIdle) }
            if count == 2 { finish.finish() }
            return count == 2
        }
        #expect(purge.isIdle)
        purge.audit()
        #expect(!purge.isIdle)
        await running(hands) {
            for await _ in enough {}
            try? await eventually("nothing is left to do") { purge.isIdle }
        }
        #expect(idle.withLock { $0 } == [false, false])
        #expect(purge.isIdle)
    }

    @Test("what still waits when the daemon ends is deleted before it goes")
    func finishes() async throws {
        let waiting = try filter("10.244.0.1:8080")
        purge.add([waiting])
        purge.end()
        await purge.run(hands())
        #expect(record.rounds.last == [waiting])
    }

    @Test("a look that takes long is given up at the end, and its flows are looked for once more")
    func endsAmidLook() async throws {
        let waiting = try filter("10.244.0.1:8080")
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let hands = FlowPurge.Hands(
            delete: { [record] filters in
                guard record.add(filters) == 1 else { return !Task.isCancelled }
                begin.finish()
                // As long as it takes until somebody gives up.
                let (forever, _) = AsyncStream.makeStream(of: Void.self)
                for await _ in forever {}
                return false
            },
            audit: { true })
        await running(hands) {
            purge.add([waiting])
            for await _ in begun {}
        }
        #expect(record.rounds == [[waiting], [waiting]])
    }

    @Test("a purge that is made to end asks the kernel for nothing more")
    func isCancelled() async throws {
        purge.add([try filter("10.244.0.1:8080")])
        let hands = hands()
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { [purge] in await purge.run(hands) }
        }
        #expect(record.rounds.isEmpty)
    }

    @Test("the kernel is asked nothing while no backend goes")
    func restsOtherwise() async {
        purge.add([])
        purge.note(from: [], to: [])
        await running(hands()) {}
        #expect(record.rounds.isEmpty)
    }
}
