import Glibc
import NIOCore
import Synchronization

/// One thread that answers over UDP, at all addresses.
final class DatagramLoop: Sendable {
    /// How often what was counted is told, at least.
    private static let countInterval: UInt64 = 1_000_000_000
    /// Batches of one socket before the others have their turn.
    private static let batchesInRow = 8

    private struct State {
        var sockets: [DatagramSocket] = []
        var version = 0
        var isStopped = false
        /// Told once the thread uses these sockets and no others.
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let context: QueryHandler.Context
    private let desk: ForwardDesk
    private let statistics: QueryStatistics
    private let state = Mutex(State())
    private let bell: ThreadBell

    init(
        _ context: QueryHandler.Context, desk: ForwardDesk, statistics: QueryStatistics
    ) throws(ListenError) {
        self.context = context
        self.desk = desk
        self.statistics = statistics
        bell = try ThreadBell()
    }

    /// Answers at one more socket.
    func add(_ socket: DatagramSocket) {
        state.withLock { state in
            state.sockets.append(socket)
            state.version += 1
        }
        bell.ring()
    }

    /// Gives a socket up; when this returns, it is used no more.
    func remove(_ socket: DatagramSocket) async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                state.sockets.removeAll { $0 === socket }
                state.version += 1
                if !state.isStopped { state.waiters.append(continuation) }
                return state.isStopped
            }
            if isStopped { continuation.resume() } else { bell.ring() }
        }
    }

    /// Lets `run` end.
    func stop() {
        state.withLock { $0.isStopped = true }
        bell.ring()
    }

    /// Answers until it is stopped; takes its thread up all the time.
    func run() {
        let handler = QueryHandler(context, transport: .udp)
        let batch = DatagramBatch(replyBytes: context.limits.udpPayloadBytes)
        var sockets: [DatagramSocket] = []
        var version = -1
        var polled: [pollfd] = []
        var lastTold = NIODeadline.now().uptimeNanoseconds
        while adopt(&sockets, &version, &polled) {
            _ = unsafe poll(&polled, nfds_t(polled.count), Int32(Self.countInterval / 1_000_000))
            handler.refresh()
            if polled[0].revents != 0 { bell.hush() }
            for (index, socket) in sockets.enumerated() where polled[index + 1].revents != 0 {
                answer(socket, handler, batch)
            }
            let now = NIODeadline.now().uptimeNanoseconds
            if now - lastTold >= Self.countInterval {
                lastTold = now
                statistics.add(handler.takeTally(), over: .udp)
            }
        }
        statistics.add(handler.takeTally(), over: .udp)
    }

    /// Takes the newest sockets; false once it is stopped.
    private func adopt(
        _ sockets: inout [DatagramSocket], _ version: inout Int, _ polled: inout [pollfd]
    ) -> Bool {
        let (new, waiters, isStopped) = state.withLock { state in
            guard state.version != version || state.isStopped else {
                return (nil as [DatagramSocket]?, [CheckedContinuation<Void, Never>](), false)
            }
            defer { state.waiters = [] }
            version = state.version
            return (state.isStopped ? [] : state.sockets, state.waiters, state.isStopped)
        }
        if let new {
            sockets = new
            polled = ([bell.descriptor] + new.map(\.descriptor)).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
        }
        for waiter in waiters { waiter.resume() }
        return !isStopped
    }

    private func answer(
        _ socket: DatagramSocket, _ handler: QueryHandler, _ batch: DatagramBatch
    ) {
        for _ in 0..<Self.batchesInRow {
            let count = batch.receive(from: socket)
            let began = NIODeadline.now().uptimeNanoseconds
            for index in 0..<count {
                let client = batch.client(index)
                guard let address = client.address else { continue }
                let outcome = batch.withQuery(index) { query in
                    handler.handle(query, from: address, now: began)
                }
                switch outcome {
                case .drop: break
                case .reply: batch.reply(to: index, handler.reply)
                case .forward(let request):
                    desk.ask(request) { bytes in socket.send(bytes, to: client) }
                }
            }
            batch.sendReplies(on: socket)
            handler.count(
                batch.replyCount, taking: NIODeadline.now().uptimeNanoseconds - began)
            if count < DatagramBatch.capacity { return }
        }
    }
}
