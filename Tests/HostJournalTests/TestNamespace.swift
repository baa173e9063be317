import Foundation
import Synchronization

/// A network namespace that goes with the test.
final class TestNamespace: Sendable {
    /// A command that did not succeed.
    struct CommandError: Error {
        let command: String
        let output: String
    }

    private static let counter = Mutex(0)

    let name: String

    init() throws {
        let number = Self.counter.withLock { counter in
            counter += 1
            return counter
        }
        name = "journal-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
        try Self.run(["netns", "add", name])
    }

    deinit {
        _ = try? Self.run(["netns", "delete", name])
    }

    /// Runs `ip` inside and returns what it printed.
    @discardableResult
    func ip(_ arguments: String...) throws -> String {
        try Self.run(["-n", name] + arguments)
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip"] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw CommandError(
                command: "ip " + arguments.joined(separator: " "), output: text)
        }
        return text
    }
}
