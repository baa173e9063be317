import DNSMessage
import NIOCore
import Synchronization
import Testing

@testable import DNSServer

@Suite("Counts and limits")
struct CountingTests {
    @Test("answers are counted by type and code, those without a name of their own together")
    func tally() {
        var tally = QueryTally()
        #expect(tally.isEmpty)
        tally.count(.a, .noError)
        tally.count(.a, .noError)
        tally.count(.aaaa, .nameError)
        tally.count(RecordType(rawValue: 65_000), ResponseCode(truncating: 9))
        tally.count(nil, .formatError)
        let counted = tally.answers.indices.filter { tally.answers[$0] > 0 }
        let last = QueryTally.types.count * QueryTally.columns
        #expect(counted == [0, QueryTally.columns + 1, last + 4, last + QueryTally.codes.count])
        #expect(tally.answers[0] == 2)
        var sum = tally
        sum.add(tally)
        #expect(sum.answers[0] == 4)
    }

    @Test("a duration is counted under the first bound that it does not exceed")
    func durations() {
        var tally = QueryTally()
        tally.count(2, taking: 10_000)
        tally.count(1, taking: 10_001)
        tally.count(1, taking: 11_000_000_000)
        tally.count(0, taking: 1)
        #expect(tally.durations.first == 2)
        #expect(tally.durations[1] == 1)
        #expect(tally.durations.last == 1)
        #expect(tally.nanoseconds == 11_000_030_001)
    }

    @Test("the log has so many lines in a second, and says how many are missing")
    func lines() {
        let second: UInt64 = 1_000_000_000
        var limit = LineLimit(linesPerSecond: 2)
        #expect(limit.take(now: 5 * second) == 0)
        #expect(limit.take(now: 5 * second + 1) == 0)
        #expect(limit.take(now: 5 * second + 2) == nil)
        #expect(limit.take(now: 6 * second - 1) == nil)
        #expect(limit.take(now: 6 * second) == 2)
        #expect(limit.take(now: 6 * second) == 0)
        #expect(limit.take(now: 6 * second) == nil)
        var none = LineLimit(linesPerSecond: 0)
        #expect(none.take(now: second) == nil)
    }

    @Test("of a client's connections past its limit the longest silent is closed")
    func perClient() throws {
        let closed = Closed()
        let table = ConnectionTable(limit: 10, limitPerClient: 2)
        let first = table.add(try address("10.244.1.2")) { closed.note(1) }
        _ = table.add(try address("10.244.1.2")) { closed.note(2) }
        _ = table.add(try address("10.244.1.3")) { closed.note(3) }
        table.noteQuery(first)
        #expect(closed.numbers.isEmpty)
        _ = table.add(try address("10.244.1.2")) { closed.note(4) }
        #expect(closed.numbers == [2])
        #expect(table.count == 3)
    }

    @Test("of all connections past the limit the longest silent is closed, whosever it is")
    func total() throws {
        let closed = Closed()
        let table = ConnectionTable(limit: 3, limitPerClient: 3)
        let ids = try (1...3).map { number in
            table.add(try address("10.244.1.\(number)")) { closed.note(number) }
        }
        _ = table.add(try address("10.244.2.1")) { closed.note(4) }
        #expect(closed.numbers == [1])
        #expect(table.count == 3)
        // What was closed is forgotten already.
        table.remove(ids[0])
        #expect(table.count == 3)
        table.remove(ids[1])
        _ = table.add(try address("10.244.2.2")) { closed.note(5) }
        #expect(closed.numbers == [1])
    }

    @Test("messages are cut out of what arrives, wherever it is broken")
    func frames() {
        let bytes: [UInt8] = [0, 3, 1, 2, 3, 0, 1, 9, 0, 2, 7]
        for size in 1...bytes.count {
            var frames = MessageFrames()
            var messages: [[UInt8]] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                frames.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
                while case .message(let message) = frames.next() {
                    messages.append(Array(message.readableBytesView))
                }
            }
            #expect(messages == [[1, 2, 3], [9]])
            #expect(frames.next() == .incomplete)
            #expect(frames.byteCount == 3)
        }
    }

    @Test("a message without bytes or with too many is the end")
    func brokenFrames() {
        let longest = MessageFrames.longestQuery
        for (length, expected) in [
            (0, MessageFrames.Next.broken), (1, .incomplete), (longest, .incomplete),
            (longest + 1, .broken), (65_535, .broken),
        ] {
            var frames = MessageFrames()
            var head = ByteBuffer()
            head.writeInteger(UInt16(length))
            frames.append(head)
            #expect(frames.next() == expected)
        }
    }
}

/// The connections that were closed.
private final class Closed: Sendable {
    private let closed = Mutex<[Int]>([])

    var numbers: [Int] { closed.withLock { $0 } }

    func note(_ number: Int) { closed.withLock { $0.append(number) } }
}
