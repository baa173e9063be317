import Logging
import Netfilter

/// Listens to the connections that the kernel tracks, while any target is watched, on a queue of
/// its own because the kernel is waited for.
actor ConnectionWatch {
    /// How long one wait lasts: as long may the watch outlive its task.
    private static let waitMilliseconds = 100
    /// Between two readings: to wake for each connection costs more than to read what it shows, and
    /// the socket's buffer holds what comes meanwhile many times over.
    private static let readInterval = Duration.milliseconds(10)
    /// Between two looks whether there is anything to watch.
    private static let idleInterval = Duration.milliseconds(250)
    /// Between two tries to listen.
    private static let retryInterval = Duration.seconds(5)

    private let executor = BlockingExecutor(label: "sluice.connections")
    private let board: EjectionBoard
    private let logger: Logger

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(board: EjectionBoard, logger: Logger) {
        self.board = board
        self.logger = logger
    }

    /// Listens until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                guard board.isWatching else {
                    try await Task.sleep(for: Self.idleInterval)
                    continue
                }
                try await listen()
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "connections cannot be observed; no node is ejected for them",
                    metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.retryInterval)
            }
        }
    }

    private func listen() async throws {
        var socket = try ConntrackEventSocket()
        // What began before is not known: nothing is awaited.
        board.take(nil)
        while !Task.isCancelled, board.isWatching {
            board.take(try socket.next(withinMilliseconds: Self.waitMilliseconds))
            try await Task.sleep(for: Self.readInterval)
        }
    }
}
