import Addressing
import Foundation
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Testing

@testable import LoadBalancer

/// Answers datagrams with what they held.
struct EchoServer {
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }
    }

    private let channel: any Channel
    let socket: SocketEndpoint

    init(at host: String = "127.0.0.1") async throws {
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Echo())
                }
            }
            .bind(host: host, port: 0).get()
        socket = place(of: channel, at: host)
    }

    func close() async throws { try await channel.close() }
}

/// Answers 200 over TLS, with a certificate that nobody trusts.
struct SecureServer {
    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let answer = context.channel.allocator.buffer(string: "HTTP/1.1 200 OK\r\n\r\n")
            context.channel.writeAndFlush(answer, promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private let channel: any Channel
    let socket: SocketEndpoint

    init(at host: String = "127.0.0.1") async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = ("\(folder.path)/key.pem", "\(folder.path)/certificate.pem")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=node", "-keyout", key, "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate)
                    .map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))))
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLServerHandler(context: context), Answer())
                }
            }
            .bind(host: host, port: 0).get()
        socket = place(of: channel, at: host)
    }

    func close() async throws { try await channel.close() }
}

/// A gRPC server that knows the health of some services.
struct HealthServer {
    private final class Call: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame.FramePayload
        typealias OutboundOut = HTTP2Frame.FramePayload

        private let states: [String: UInt8]
        private var message: [UInt8] = []

        init(_ states: [String: UInt8]) { self.states = states }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .data(let frame) = unwrapInboundIn(data),
                case .byteBuffer(let buffer) = frame.data
            else { return }
            message += buffer.readableBytesView
            guard frame.endStream else { return }
            let name = String(decoding: message.dropFirst(7), as: UTF8.self)
            var head: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
            guard let state = states[name] else {
                head.add(name: "grpc-status", value: "5")
                let headers = HTTP2Frame.FramePayload.Headers(headers: head, endStream: true)
                return context.writeAndFlush(wrapOutboundOut(.headers(headers)), promise: nil)
            }
            context.write(wrapOutboundOut(.headers(.init(headers: head))), promise: nil)
            let answer = context.channel.allocator.buffer(bytes: [0, 0, 0, 0, 2, 8, state])
            context.write(
                wrapOutboundOut(.data(.init(data: .byteBuffer(answer)))), promise: nil)
            let trailers = HTTP2Frame.FramePayload.Headers(
                headers: ["grpc-status": "0"], endStream: true)
            context.writeAndFlush(wrapOutboundOut(.headers(trailers)), promise: nil)
        }
    }

    private let channel: any Channel
    let socket: SocketEndpoint

    init(_ states: [String: UInt8], at host: String = "127.0.0.1") async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .server, connectionConfiguration: .init(),
                        streamConfiguration: .init()
                    ) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandler(Call(states))
                        }
                    }
                }
            }
            .bind(host: host, port: 0).get()
        socket = place(of: channel, at: host)
    }

    func close() async throws { try await channel.close() }
}

extension HealthCheck {
    /// What comes of the check when it is made for the first time.
    func firstOutcome(commandFolder: String? = nil) async throws -> CheckOutcome {
        let (outcomes, told) = AsyncStream.makeStream(of: CheckOutcome.self)
        let prober = HealthProber(maximumConcurrentChecks: 1, commandFolder: commandFolder) {
            told.yield($1)
            return .seconds(60)
        }
        prober.change(starting: [self], ending: [])
        var iterator = outcomes.makeAsyncIterator()
        let outcome = await iterator.next()
        await prober.shutdown()
        return try #require(outcome)
    }
}
