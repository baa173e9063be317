import HealthChecking
import NIOCore
import NIOHPACK
import NIOHTTP2

extension CheckRun {
    /// Prepares a connection for one call of `grpc.health.v1.Health/Check`.
    func prepareHealthCall(of service: String, on channel: any Channel) throws {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let authority = "\(check.socket)"
        let scheme = check.request.security == nil ? "http" : "https"
        let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
        ) { stream in stream.eventLoop.makeSucceededVoidFuture() }
        try channel.pipeline.syncOperations.addHandler(ConnectionEnd(bound.value))
        multiplexer.createStreamChannel(promise: nil) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(
                    HealthCall(
                        of: service, authority: authority, scheme: scheme, for: bound.value))
            }
        }
    }
}

/// Tells a check that its connection has ended or failed.
private final class ConnectionEnd: ChannelInboundHandler {
    typealias InboundIn = Any

    private let run: CheckRun

    init(_ run: CheckRun) { self.run = run }

    func channelInactive(context: ChannelHandlerContext) {
        run.finish(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        run.finish(error is any NIOHTTP2Error ? .malformedAnswer : CheckRun.failure(of: error))
    }
}

/// One call: the name of a service there, its state back.
private final class HealthCall: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// An answer is a handful of bytes.
    private static let answerLimit = 1_024

    private let service: String
    private let headers: HPACKHeaders
    private let run: CheckRun
    private var answer: [UInt8] = []

    init(of service: String, authority: String, scheme: String, for run: CheckRun) {
        self.service = service
        self.run = run
        headers = [
            ":method": "POST", ":scheme": scheme, ":path": "/grpc.health.v1.Health/Check",
            ":authority": authority, "content-type": "application/grpc", "te": "trailers",
            "user-agent": "sluice",
        ]
    }

    func channelActive(context: ChannelHandlerContext) {
        let message = GRPCHealth.request(of: service)
        context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        let data = HTTP2Frame.FramePayload.Data(
            data: .byteBuffer(context.channel.allocator.buffer(bytes: message)), endStream: true)
        context.writeAndFlush(wrapOutboundOut(.data(data)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            if let status = frame.headers.first(name: ":status"), status != "200" {
                return run.finish(.status(Int(status) ?? 0))
            }
            if let status = frame.headers.first(name: "grpc-status"), status != "0" {
                run.finish(.notServing(GRPCHealth.name(ofStatus: status)))
            } else if frame.endStream {
                run.finish(GRPCHealth.verdict(on: answer))
            }
        case .data(let frame):
            guard case .byteBuffer(let buffer) = frame.data else { return }
            answer += buffer.readableBytesView
            if answer.count > Self.answerLimit {
                run.finish(.malformedAnswer)
            } else if frame.endStream {
                run.finish(GRPCHealth.verdict(on: answer))
            }
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        run.finish(error is any NIOHTTP2Error ? .malformedAnswer : CheckRun.failure(of: error))
    }
}
