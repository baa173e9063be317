import Addressing
import NIOCore

/// Answers the queries of one TCP connection, as they come; those that others answer, when they
/// do (RFC 7766 section 6.2.1.1 allows any order).
///
/// A client that sends slowly holds a buffer of one query, one that reads slowly some answers: it
/// is not read from while it has them to take.
final class StreamQueryHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let worker: QueryWorker
    private let client: IPAddress
    private let table: ConnectionTable
    private let limits: ServerLimits
    private var frames = MessageFrames()
    private var id: ConnectionTable.ID?
    /// Queries that others are asked for.
    private var waiting = 0
    private var wantsRead = false
    private var isInputClosed = false
    private var lastProgress = NIODeadline.now()
    private var idleCheck: Scheduled<Void>?

    init(
        worker: QueryWorker, client: IPAddress, table: ConnectionTable, limits: ServerLimits
    ) {
        self.worker = worker
        self.client = client
        self.table = table
        self.limits = limits
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        id = table.add(client) { channel.close(promise: nil) }
        lastProgress = .now()
        scheduleIdleCheck(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let id { table.remove(id) }
        idleCheck?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        answer(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            lastProgress = .now()
            answer(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if mayAnswer(context) { context.read() } else { wantsRead = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            isInputClosed = true
            closeIfDone(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func mayAnswer(_ context: ChannelHandlerContext) -> Bool {
        context.channel.isWritable && waiting < limits.pipelinedQueries
    }

    /// Answers what has arrived, as far as the client takes answers.
    private func answer(_ context: ChannelHandlerContext) {
        worker.handler.refresh()
        let began = NIODeadline.now()
        var count = 0
        while mayAnswer(context) {
            switch frames.next() {
            case .message(let message):
                count += 1
                answer(message, began.uptimeNanoseconds, context)
            case .incomplete:
                finish(count, since: began, context)
                return
            case .broken:
                context.close(promise: nil)
                return
            }
        }
        finish(count, since: began, context)
    }

    private func finish(_ count: Int, since began: NIODeadline, _ context: ChannelHandlerContext) {
        if count > 0 {
            context.flush()
            lastProgress = .now()
            if let id { table.noteQuery(id) }
            worker.handler.count(
                count, taking: (lastProgress - began).nanoseconds.magnitude)
        }
        if wantsRead, mayAnswer(context) {
            wantsRead = false
            context.read()
        }
        closeIfDone(context)
    }

    private func answer(_ message: ByteBuffer, _ now: UInt64, _ context: ChannelHandlerContext) {
        switch worker.handler.handle(message.readableBytesSpan, from: client, now: now) {
        case .drop: break
        case .reply: write(worker.handler.reply, context)
        case .forward(let request):
            waiting += 1
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let loop = context.eventLoop
            worker.desk.ask(request) { bytes in
                loop.execute {
                    let (handler, context) = bound.value
                    handler.take(bytes, context)
                }
            }
        }
    }

    /// Sends what others answered.
    private func take(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        waiting -= 1
        guard context.channel.isActive else { return }
        write(bytes, context)
        context.flush()
        lastProgress = .now()
        answer(context)
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 2 + bytes.count)
        buffer.writeInteger(UInt16(bytes.count))
        buffer.writeBytes(bytes)
        context.write(wrapOutboundOut(buffer), promise: nil)
    }

    /// Closes the connection of a client that asks no more and has its answers.
    private func closeIfDone(_ context: ChannelHandlerContext) {
        guard isInputClosed, waiting == 0, context.channel.isWritable else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }

    private func scheduleIdleCheck(_ context: ChannelHandlerContext) {
        let timeout = TimeAmount(limits.idleTimeout)
        let due = lastProgress + timeout
        idleCheck = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            // Others may take longer than a client may be silent.
            if self.waiting > 0 { self.lastProgress = .now() }
            if self.lastProgress + timeout <= .now() {
                context.close(promise: nil)
            } else {
                self.scheduleIdleCheck(context)
            }
        }
    }
}
