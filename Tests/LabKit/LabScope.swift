import Foundation
package import Testing

/// One lab for the whole suite: up before the first test, down after the last.
package struct LabScope: SuiteTrait, TestScoping {
    private let lab: Lab
    private let prepare: @Sendable (Lab) async throws -> Void

    /// The lab, and what is done in it before the first test.
    package init(_ lab: Lab, prepare: @escaping @Sendable (Lab) async throws -> Void) {
        self.lab = lab
        self.prepare = prepare
    }

    @concurrent
    package func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let guardian = try Guardian(of: lab)
        defer { withExtendedLifetime(guardian) {} }
        try await lab.restoring {
            try await lab.run("up")
            try await prepare(lab)
            try await function()
        } afterwards: {
            try await lab.run("down")
        }
    }
}

/// Takes the lab down when this process ends, however it ends.
///
/// A child process that waits for the end of its standard input: the kernel closes the other
/// end when we die.
private final class Guardian {
    private let input = Pipe()
    private let process = Process()

    init(of lab: Lab) throws {
        let environment = ProcessInfo.processInfo.environment.merging(lab.environment) { $1 }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["bash", "-c", "trap '' INT TERM HUP; read -r _; exec \"$@\"", "guardian"]
            + lab.command(["down"])
        process.environment = environment
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Nothing is left to take down then, which is no error.
    deinit { try? input.fileHandleForWriting.close() }
}
