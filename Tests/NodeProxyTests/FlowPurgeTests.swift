import Addressing
import Netfilter
import Synchronization
import Testing

@testable import NodeProxy

@Suite("Deleting the flows of endpoints that are gone")
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

    private func filter(_ text: String) throws -> FlowFilter {
        let backend: SocketEndpoint = try #require(SocketEndpoint(text))
        return FlowFilter(backend: backend)
    }

    @Test("what is asked for while flows are being deleted is deleted together, right after")
    func gathers() async throws {
        let first = try filter("10.244.0.1:8080")
        let later = [try filter("10.244.0.2:8080"), try filter("10.244.0.3:8080")]
        let (twoRounds, twoRoundsDone) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [purge, record] in
                await purge.run { filters in
                    let count = record.add(filters)
                    if count == 1 { for filter in later { purge.add([filter]) } }
                    if count == 2 { twoRoundsDone.finish() }
                }
            }
            purge.add([first])
            for await _ in twoRounds {}
            group.cancelAll()
        }
        #expect(record.rounds == [[first], later])
    }

    @Test("what still waits when the proxy ends is deleted before it goes")
    func finishes() async throws {
        let waiting = try filter("10.244.0.1:8080")
        purge.add([waiting])
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { [purge, record] in await purge.run { _ = record.add($0) } }
        }
        #expect(record.rounds == [[waiting]])
    }

    @Test("the kernel is asked nothing while no endpoint goes")
    func restsOtherwise() async {
        purge.add([])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [purge, record] in await purge.run { _ = record.add($0) } }
            group.cancelAll()
        }
        #expect(record.rounds.isEmpty)
    }
}
