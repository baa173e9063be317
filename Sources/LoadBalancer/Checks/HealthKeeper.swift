import Logging

/// Keeps what checks say in a file, soon after it has changed.
struct HealthKeeper: Sendable {
    /// The file.
    typealias File = JSONFile<[HealthMemory.Entry]>

    /// Between two writes: a file that changes all the time is not worth more.
    private static let shortestPause = Duration.milliseconds(100)

    private let file: File
    private let board: HealthBoard
    private let logger: Logger
    private var kept: [HealthMemory.Entry]?
    private var isFailing = false

    init(_ file: File, board: HealthBoard, logger: Logger) {
        self.file = file
        self.board = board
        self.logger = logger
    }

    /// Writes whenever the board's memory may have changed, until the task is cancelled; and once
    /// more then.
    mutating func run() async {
        for await _ in board.memoryChanges {
            let begin = ContinuousClock.now
            keep()
            // A long file must not take more than a tenth of a processor.
            let pause = max(Self.shortestPause, (.now - begin) * 9)
            if (try? await Task.sleep(for: pause)) == nil { break }
        }
        keep()
    }

    private mutating func keep() {
        let entries = board.remembered
        guard entries != kept else { return }
        do {
            try file.write(entries)
            kept = entries
            isFailing = false
        } catch {
            if !isFailing {
                logger.error(
                    "what checks say could not be kept; a restart would have to find it out anew",
                    metadata: ["file": "\(file.path)", "error": "\(error)"])
            }
            isFailing = true
        }
    }
}
