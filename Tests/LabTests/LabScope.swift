import Foundation
import Testing

/// One lab for the whole suite: up before the first test, down after the last.
struct LabScope: SuiteTrait, TestScoping {
    @concurrent
    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let lab = Lab.shared
        let guardian = try Guardian(of: lab)
        defer { withExtendedLifetime(guardian) {} }
        try await lab.restoring {
            try await lab.run("up")
            try await lab.apply(LabServices.manifest, as: "lab-services.yaml")
            try await Cluster(lab).waitUntilServed()
            try await function()
        } afterwards: {
            try await lab.run("down")
        }
    }
}

extension Trait where Self == LabScope {
    /// The tests run in a lab that is up.
    static var inLab: Self { Self() }
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

/// The promises, end to end: real processes, real sockets, both address families.
///
/// Each test leaves the lab as it found it, because the order of the tests is not promised.
@Suite("the lab", .serialized, .inLab)
enum LabTests {}
