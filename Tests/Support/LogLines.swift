package import Logging
import Synchronization

/// What was logged: a line for each event, its message and then what it tells besides.
package final class LogLines: Sendable {
    private let texts = Mutex<[String]>([])

    /// Nothing yet.
    package init() {}

    /// All lines, in their order.
    package var all: [String] { texts.withLock { $0 } }

    /// How many lines have a text.
    package func count(of text: String) -> Int { all.count { $0.contains(text) } }

    /// A logger that writes here.
    package var logger: Logger { Logger(label: "test") { _ in Recorder(lines: self) } }

    private struct Recorder: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            lines.texts.withLock { $0.append("\(event.message) \(details)") }
        }
    }
}
