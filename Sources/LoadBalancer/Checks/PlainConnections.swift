import Glibc
import NIOCore

/// The checks' connections over TCP that are not encrypted.
///
/// A check sends a packet or two and is over: a channel with a pipeline for each costs more than
/// the check. What happens to them is looked at for all together, soon after something was begun
/// or has happened, and less and less often until then. Belongs to its event loop.
final class PlainConnections {
    /// From something new to a look: what a node in the same network takes to answer.
    private static let shortestPause = TimeAmount.microseconds(250)
    /// Between two looks while nothing happens.
    private static let longestPause = TimeAmount.milliseconds(2)
    /// How much is read of an answer at a time.
    private static let bytesAtOnce = 16_384

    private let loop: any EventLoop
    private var connections: [ObjectIdentifier: PlainConnection] = [:]
    private var bytes = [UInt8](repeating: 0, count: PlainConnections.bytesAtOnce)
    private var pause = PlainConnections.shortestPause
    private var nextLook: (timer: Scheduled<Void>, at: NIODeadline)?

    /// Nothing is connected yet.
    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Begins to connect for a check, which learns what comes of it.
    ///
    /// - Throws: `IOError` if the kernel refuses at once.
    func open(for run: CheckRun, to address: SocketAddress) throws -> PlainConnection {
        let connection = try PlainConnection(for: run, to: address)
        connections[ObjectIdentifier(connection)] = connection
        lookSoon()
        return connection
    }

    /// Ends a connection by a reset; nothing happens if it has ended.
    func close(_ connection: PlainConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        connection.close()
    }

    /// Deals with all that has happened so far.
    func look() {
        guard !connections.isEmpty else { return }
        let looked = Array(connections.values)
        var polled = looked.map(\.awaited)
        guard unsafe poll(&polled, nfds_t(polled.count), 0) > 0 else { return }
        pause = Self.shortestPause
        for (connection, event) in zip(looked, polled) where event.revents != 0 {
            // What happened to one before it may have ended it.
            guard connections[ObjectIdentifier(connection)] != nil else { continue }
            connection.run.proceed { try connection.proceed(&bytes) }
        }
    }

    private func lookSoon() {
        pause = Self.shortestPause
        let due = NIODeadline.now() + pause
        if let nextLook, nextLook.at <= due { return }
        nextLook?.timer.cancel()
        waitForLook(due)
    }

    private func waitForLook(_ due: NIODeadline) {
        let timer = loop.assumeIsolated().scheduleTask(deadline: due) {
            [weak self] () -> Void in self?.lookNow()
        }
        nextLook = (timer, due)
    }

    private func lookNow() {
        nextLook = nil
        pause = min(pause * 2, Self.longestPause)
        look()
        guard nextLook == nil, !connections.isEmpty else { return }
        waitForLook(.now() + pause)
    }
}
