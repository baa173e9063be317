import Foundation
import LabKit
import Testing

/// Runs each test once a phase, and writes what became of it into the report.
struct BehaviourScope: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    @concurrent
    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        guard Selection.includes(test.displayName ?? "") else { return }
        for phase in Selection.phases {
            let course = Course()
            let began = ContinuousClock.now
            await Phase.$current.withValue(phase) {
                await Course.$current.withValue(course) {
                    do {
                        try await function()
                    } catch let error as ExpectationFailedError {
                        _ = error  // It has been recorded where it was found.
                    } catch {
                        Issue.record(error, "\(phase)")
                    }
                }
            }
            try Report.append(test.displayName ?? test.name, phase, course, .now - began)
        }
    }
}

extension Trait where Self == BehaviourScope {
    /// Each test is a behaviour, with its number at the beginning of its name.
    static var behaviours: Self { Self() }
}

extension Trait where Self == IssueHandlingTrait {
    /// Issues are noted for the report as well.
    static var noted: Self {
        .compactMapIssues { issue in
            Course.current.fail("\(issue)")
            return issue
        }
    }
}

/// The report that `deploy/test behaviours` prints: one line a test, family and phase.
enum Report {
    private static let path = ProcessInfo.processInfo.environment["SLUICE_BEHAVIOURS_REPORT"]

    /// Appends a line: number, title, family, phase, result, milliseconds, first failure.
    static func append(
        _ name: String, _ phase: Phase, _ course: Course, _ duration: Duration
    ) throws {
        guard let path else { return }
        let (number, title) = numbered(name)
        let milliseconds = Int(duration / .milliseconds(1))
        let line = [
            number, title, course.family?.rawValue ?? "both", phase.rawValue,
            course.failures.isEmpty ? "ok" : "FAILED", "\(milliseconds)",
            course.failures.first?.replacing("\n", with: " ").replacing("\t", with: " ") ?? "",
        ].joined(separator: "\t")
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(filePath: path))
        }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data((line + "\n").utf8))
        try file.close()
    }

    /// `19: it refuses` in its two parts.
    private static func numbered(_ name: String) -> (String, String) {
        let parts = name.split(separator: ": ", maxSplits: 1)
        guard parts.count == 2 else { return ("-", name) }
        return (String(parts[0]), String(parts[1]))
    }
}
