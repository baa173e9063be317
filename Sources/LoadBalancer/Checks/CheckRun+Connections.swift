import Addressing
import Glibc
import HealthChecking
import NIOCore
import NIOPosix
import NIOSSL

extension CheckRun {
    /// Connects over TCP for TLS or gRPC; `channelActive` asks.
    func connect(to address: SocketAddress, _ timeout: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            // The check's deadline comes first; it also covers what follows the connection.
            .connectTimeout(timeout + .seconds(1))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try bound.value.prepareConnection(channel)
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenFailure { error in self.finish(Self.failure(of: error)) }
    }

    /// Sends a datagram from a port of its own; the kernel tells when nobody listens there.
    func exchangeDatagrams(with address: SocketAddress) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        DatagramBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        DatagramPayload(), bound.value)
                    bound.value.hold(channel)
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenFailure { error in self.finish(Self.failure(of: error)) }
    }

    private func prepareConnection(_ channel: any Channel) throws {
        hold(channel)
        if let security = check.request.security {
            let isGRPC = if case .grpc = check.request { true } else { false }
            let encryption = try tools.encryption(
                security, name: check.serverName, protocols: isGRPC ? ["h2"] : [])
            try channel.pipeline.syncOperations.addHandler(encryption)
        }
        if case .grpc(let service, _) = check.request {
            try prepareHealthCall(of: service, on: channel)
        } else {
            try channel.pipeline.syncOperations.addHandler(self)
        }
    }

    /// What an error of the system means for the node.
    static func failure(of error: any Error) -> CheckFailure {
        if let error = error as? ChannelError, case .connectTimeout = error { return .timedOut }
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            return .notSecure(String("\(error)".prefix(200)))
        }
        guard let error = error as? IOError else { return .notMade("\(error)") }
        switch error.errnoCode {
        case ECONNREFUSED: return .refused
        case ETIMEDOUT: return .timedOut
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: return .unreachable
        case ECONNRESET, ECONNABORTED, EPIPE: return .closed
        default: return .notMade("\(error)")
        }
    }
}

/// Turns datagrams into their bytes and back: a connected socket has one other end.
private final class DatagramPayload: ChannelDuplexHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(wrapInboundOut(unwrapInboundIn(data).data))
    }
}

extension CheckRequest {
    /// How the connection is encrypted; nil: not at all.
    var security: CheckSecurity? {
        switch self {
        case .http(let http): http.security
        case .grpc(_, let security): security
        case .connect, .datagram, .command, .endpointCount: nil
        }
    }

    /// What makes an HTTP answer a good one.
    var wish: HTTPAnswer.Wish {
        switch self {
        case .http(let http):
            http.body.map { .body(http.statuses, $0) } ?? .status(http.statuses)
        case .endpointCount: .endpointCount
        case .connect, .grpc, .datagram, .command: .status([])
        }
    }
}

extension HealthCheck {
    /// The name of the server for TLS; an address is none (RFC 6066 section 3).
    var serverName: String? {
        guard case .http(let http) = request, let host = http.host,
            IPAddress(host) == nil, !host.hasPrefix("[")
        else { return nil }
        return String(host.prefix { $0 != ":" })
    }

    /// The HTTP request.
    ///
    /// Where the body matters it is asked for by HTTP/1.0, so that it comes in one piece.
    var question: String {
        var method = "GET"
        var path = "/"
        var host = "\(socket)"
        var version = "1.0"
        if case .http(let http) = request {
            (method, path, host) = (http.method, http.path, http.host ?? host)
            if http.body == nil { version = "1.1" }
        }
        return "\(method) \(path) HTTP/\(version)\r\nHost: \(host)\r\nUser-Agent: sluice\r\n"
            + "Accept: */*\r\nConnection: close\r\n\r\n"
    }
}
