import Foundation
import StateFiles
import Support
import Synchronization
import Testing

@Suite("Values that the next run of a role finds")
final class StateKeeperTests: Sendable {
    private let folder: TemporaryFolder
    private let file: JSONFile<[String]>
    private let value = Mutex<[String]?>(nil)

    init() throws {
        folder = try TemporaryFolder()
        file = JSONFile(path: folder.path + "/state.json")
    }

    @Test("a file that is not there, or not one of ours, says nothing")
    func unreadable() throws {
        #expect(file.read() == nil)
        try folder.write("{\"a\": ", to: "state.json")
        #expect(file.read() == nil)
        try file.write(["a"])
        #expect(file.read() == ["a"])
    }

    @Test("what changes is kept, and what it was at the end; before there is anything nothing is")
    func keeps() async throws {
        try file.write(["earlier"])
        let (changes, signal) = AsyncStream.makeStream(of: Void.self)
        let keeper = StateKeeper(file, changes: changes, logger: LogLines().logger) {
            self.value.withLock { $0 }
        }
        let task = Task {
            var keeper = keeper
            await keeper.run()
        }
        signal.yield()
        try await Task.sleep(for: .milliseconds(20))
        #expect(file.read() == ["earlier"])
        value.withLock { $0 = ["a"] }
        signal.yield()
        while file.read() != ["a"] { try await Task.sleep(for: .milliseconds(5)) }
        value.withLock { $0 = ["b"] }
        task.cancel()
        await task.value
        #expect(file.read() == ["b"])
    }

    @Test("a file that cannot be written is told once, and kept when it can")
    func unwritable() async throws {
        let path = folder.path + "/missing/state.json"
        let lines = LogLines()
        let (changes, signal) = AsyncStream.makeStream(of: Void.self)
        let keeper = StateKeeper(
            JSONFile<[String]>(path: path), changes: changes, logger: lines.logger
        ) {
            self.value.withLock { $0 }
        }
        let task = Task {
            var keeper = keeper
            await keeper.run()
        }
        for number in 1...3 {
            value.withLock { $0 = ["\(number)"] }
            signal.yield()
        }
        while lines.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await task.value
        #expect(lines.count(of: "could not be kept") == 1)
        #expect(lines.all.allSatisfy { $0.contains(path) })
    }
}
