import Foundation

/// What a program said and how it ended.
package struct Output: Hashable, Sendable {
    package let status: Int32
    package let text: String
    package let complaint: String

    /// Passes the output on if the program succeeded; throws what it complained of if not.
    package func checked() throws -> Output {
        guard status == 0 else {
            throw Unexpected("status \(status): \(complaint.isEmpty ? text : complaint)")
        }
        return self
    }
}

/// Something that is not as the test needs it to be.
package struct Unexpected: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// A child process with its output in files: no pipe can fill up and wait for a reader.
///
/// It must not close descriptors that it inherits, as some daemons do: Foundation takes that for
/// its end, and waits for it in the place where it waits for all others.
package final class Program: Sendable {
    private let process = Process()
    private let folder: URL
    private let end: AsyncStream<Void>

    private var outputFile: URL { folder.appendingPathComponent("out") }
    private var complaintFile: URL { folder.appendingPathComponent("err") }

    /// Starts a program that is found in the search path.
    package init(_ command: [String], environment: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-lab-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (end, ended) = AsyncStream.makeStream(of: Void.self)
        self.end = end
        for file in [outputFile, complaintFile] { try Data().write(to: file) }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let files = try [outputFile, complaintFile].map(FileHandle.init(forWritingTo:))
        (process.standardOutput, process.standardError) = (files[0], files[1])
        process.terminationHandler = { _ in ended.finish() }
        try process.run()
        for file in files { try file.close() }
    }

    deinit {
        if process.isRunning { signal(SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// What the program has said so far.
    package var said: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }

    /// What the program has complained of so far.
    package var complaint: String {
        (try? String(contentsOf: complaintFile, encoding: .utf8)) ?? ""
    }

    /// Sends a signal.
    ///
    /// Programs that do not see to SIGTERM themselves need SIGKILL: they have
    /// inherited our thread's signal mask, in which Dispatch blocks it.
    package func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end; holds up no thread of the pool.
    package func finish() async throws -> Output {
        for await _ in end {}
        return Output(
            status: process.terminationStatus,
            text: try String(contentsOf: outputFile, encoding: .utf8), complaint: complaint)
    }

    /// Asks the program to end, and waits until it has: nothing holds its ports then.
    package func end() async throws {
        signal(SIGTERM)
        _ = try await finish()
    }
}

/// Waits until a condition holds; throws what it waited for when the time is over.
package func eventually(
    _ what: String, within limit: Duration = .seconds(15),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard .now < deadline else {
            throw Unexpected("after \(limit) it is still not so: \(what)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
