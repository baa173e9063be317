import Foundation
import Synchronization

/// A network namespace of one test: empty at first, gone with the value.
///
/// Needs root. The name is unique on the machine, so that tests run side by side.
package final class NetworkNamespace: Sendable {
    /// What a command said.
    package struct Output: Hashable, Sendable {
        /// The exit status.
        package let status: Int32
        /// What it wrote to its standard output.
        package let text: String
        /// What it wrote to its standard error.
        package let complaint: String
    }

    private static let lastNumber = Mutex(0)

    /// The name, as `ip netns` knows it and `NetfilterSocket(inNamespace:)` takes it.
    package let name: String

    /// Makes a namespace with its loopback interface up.
    package init() throws {
        let number = Self.lastNumber.withLock { last in
            last += 1
            return last
        }
        name = "sluice-test-\(getpid())-\(number)"
        try Self.check(Command.run(["ip", "netns", "add", name]))
        try Self.check(run("ip", "link", "set", "lo", "up"))
    }

    deinit { _ = try? Command.run(["ip", "netns", "delete", name]) }

    /// Runs a program in the namespace.
    package func run(_ command: String..., input: String = "") throws -> Output {
        try run(command, input: input)
    }

    /// Runs a program in the namespace.
    package func run(_ command: [String], input: String = "") throws -> Output {
        try Command.run(["ip", "netns", "exec", name] + command, input: input)
    }

    /// Runs the program `nft` in the namespace and returns what it printed; throws what it
    /// complained of.
    @discardableResult
    package func nft(_ arguments: String..., input: String = "") throws -> String {
        try Self.check(run(["nft"] + arguments, input: input)).text
    }

    @discardableResult
    private static func check(_ output: Output) throws -> Output {
        guard output.status == 0 else { throw CommandFailure(complaint: output.complaint) }
        return output
    }
}

/// A program ended with a status other than 0.
package struct CommandFailure: Error, Hashable, CustomStringConvertible {
    /// What it wrote to its standard error.
    package let complaint: String

    /// The complaint.
    package var description: String { complaint }
}
