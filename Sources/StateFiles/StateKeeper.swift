package import Logging

/// Keeps a value that changes in a file, soon after it has changed.
package struct StateKeeper<Content: Codable & Equatable & Sendable>: Sendable {
    /// Between two writes: a value that changes all the time is not worth more.
    private static var shortestPause: Duration { .milliseconds(100) }

    private let file: JSONFile<Content>
    private let changes: AsyncStream<Void>
    private let content: @Sendable () -> Content?
    private let logger: Logger
    private var kept: Content?
    private var isFailing = false

    /// - Parameters:
    ///   - file: where to keep it.
    ///   - changes: tells that the value may be another one; for this reader alone.
    ///   - logger: told once when the file cannot be written.
    ///   - content: what to keep; nil before there is anything.
    package init(
        _ file: JSONFile<Content>, changes: AsyncStream<Void>, logger: Logger,
        content: @escaping @Sendable () -> Content?
    ) {
        self.file = file
        self.changes = changes
        self.content = content
        self.logger = logger
    }

    /// Writes what changes, until the task is cancelled, and once more then.
    package mutating func run() async {
        for await _ in changes {
            let begin = ContinuousClock.now
            keep()
            // A long file must not take more than a tenth of a processor.
            let pause = max(Self.shortestPause, (.now - begin) * 9)
            if (try? await Task.sleep(for: pause)) == nil { break }
        }
        keep()
    }

    private mutating func keep() {
        guard let content = content(), content != kept else { return }
        do {
            try file.write(content)
            kept = content
            isFailing = false
        } catch {
            if !isFailing {
                logger.error(
                    "what the next run should know could not be kept",
                    metadata: ["file": "\(file.path)", "error": "\(error)"])
            }
            isFailing = true
        }
    }
}
