import LabKit
import Synchronization

/// What became of the current test in the current phase.
final class Course: Sendable {
    @TaskLocal static var current = Course()

    private struct Content {
        var family: Family?
        var failures: [String] = []
    }

    private let content = Mutex(Content())

    /// The address family that the test looks at; nil: it looks at both together.
    var family: Family? {
        get { content.withLock(\.family) }
        set { content.withLock { $0.family = newValue } }
    }

    var failures: [String] { content.withLock(\.failures) }

    func fail(_ message: String) { content.withLock { $0.failures.append(message) } }
}
