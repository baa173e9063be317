import Addressing
import NIOCore

/// Answers the datagrams of one socket.
///
/// What one read brings is answered into one buffer and goes out with one flush.
final class DatagramQueryHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    /// Where in the batch's buffer an answer is, and whose it is.
    private struct Answer {
        let client: SocketAddress
        let start: Int
        let length: Int
    }

    /// Answers of usual size that one read may bring; more make the buffer grow.
    private static let batchBytes = 8_192

    private let worker: QueryWorker
    private var answers: [Answer] = []
    private var batch: ByteBuffer
    private var batchBegan: UInt64 = 0
    private var isInBatch = false

    init(worker: QueryWorker, allocator: ByteBufferAllocator) {
        self.worker = worker
        batch = allocator.buffer(capacity: Self.batchBytes)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        if !isInBatch { begin() }
        guard let client = IPAddress(envelope.remoteAddress) else { return }
        let outcome = worker.handler.handle(
            envelope.data.readableBytesSpan, from: client, now: batchBegan)
        switch outcome {
        case .drop: break
        case .reply: note(envelope.remoteAddress)
        case .forward(let request):
            let channel = context.channel
            let address = envelope.remoteAddress
            worker.desk.ask(request) { bytes in
                let buffer = channel.allocator.buffer(bytes: bytes)
                channel.writeAndFlush(
                    AddressedEnvelope(remoteAddress: address, data: buffer), promise: nil)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInBatch = false
        guard !answers.isEmpty else { return }
        for answer in answers {
            guard let data = batch.getSlice(at: answer.start, length: answer.length) else {
                continue
            }
            context.write(
                wrapOutboundOut(AddressedEnvelope(remoteAddress: answer.client, data: data)),
                promise: nil)
        }
        context.flush()
        let now = NIODeadline.now().uptimeNanoseconds
        worker.handler.count(answers.count, taking: now - batchBegan)
        answers.removeAll(keepingCapacity: true)
    }

    /// A datagram that could not be sent or received concerns its client alone.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    private func begin() {
        isInBatch = true
        batchBegan = NIODeadline.now().uptimeNanoseconds
        batch.clear()
        worker.handler.refresh()
    }

    private func note(_ client: SocketAddress) {
        let start = batch.writerIndex
        let length = batch.writeBytes(worker.handler.reply)
        answers.append(Answer(client: client, start: start, length: length))
    }
}
