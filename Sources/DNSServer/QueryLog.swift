import Addressing
import DNSMessage
import Logging
import Synchronization

/// Lets a number of lines through in each second.
struct LineLimit {
    private static let second: UInt64 = 1_000_000_000
    private let linesPerSecond: Int
    private var began: UInt64 = 0
    private var lines = 0
    private var suppressed = 0

    /// A limit of this many lines.
    init(linesPerSecond: Int) {
        self.linesPerSecond = linesPerSecond
    }

    /// What may be said at a time, in nanoseconds: the number of lines that were kept back since
    /// the last one, or nil if this one is kept back too.
    mutating func take(now: UInt64) -> Int? {
        if now >= began + Self.second || lines == 0 {
            began = now
            lines = 0
        }
        guard lines < linesPerSecond else {
            suppressed += 1
            return nil
        }
        lines += 1
        defer { suppressed = 0 }
        return suppressed
    }
}

/// Writes queries into the log, at most some in a second.
final class QueryLog: Sendable {
    private let logger: Logger
    private let limit: Mutex<LineLimit>

    init(linesPerSecond: Int, logger: Logger) {
        self.logger = logger
        limit = Mutex(LineLimit(linesPerSecond: linesPerSecond))
    }

    /// Writes one query and how it ended; `now` in nanoseconds.
    func note(
        _ question: Question, from client: IPAddress, over transport: QueryTransport,
        _ result: ResponseCode, now: UInt64
    ) {
        guard let suppressed = limit.withLock({ $0.take(now: now) }) else { return }
        var metadata: Logger.Metadata = [
            "client": "\(client)", "transport": "\(transport.rawValue)",
            "question": "\(question)", "result": "\(result)",
        ]
        if suppressed > 0 { metadata["left_out"] = "\(suppressed)" }
        logger.info("query", metadata: metadata)
    }
}
