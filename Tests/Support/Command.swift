import Foundation

/// Runs programs.
package enum Command {
    /// Runs a program that is found in the search path, and waits for its end.
    package static func run(
        _ command: [String], input: String = ""
    ) throws -> NetworkNamespace.Output {
        // Files rather than pipes: nothing can fill up and wait for a reader.
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = ["in", "out", "err"].map(directory.appendingPathComponent)
        for file in files { try Data().write(to: file) }
        try Data(input.utf8).write(to: files[0])

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let handles = try [
            FileHandle(forReadingFrom: files[0]), FileHandle(forWritingTo: files[1]),
            FileHandle(forWritingTo: files[2]),
        ]
        process.standardInput = handles[0]
        process.standardOutput = handles[1]
        process.standardError = handles[2]
        try process.run()
        for handle in handles { try handle.close() }
        process.waitUntilExit()
        return NetworkNamespace.Output(
            status: process.terminationStatus,
            text: try String(decoding: Data(contentsOf: files[1]), as: UTF8.self),
            complaint: try String(decoding: Data(contentsOf: files[2]), as: UTF8.self))
    }
}
