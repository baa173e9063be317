import Foundation
import KubeAPI
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import APIClient

/// Answers every request with an empty list, and keeps what was asked.
private final class EmptyList: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let requests = Mutex("")

    var asked: String { requests.withLock { $0 } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        requests.withLock { $0 += text }
        let body = #"{"metadata":{"resourceVersion":"1"},"items":[]}"#
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

@Suite("TLS and credentials", .timeLimit(.minutes(1)))
struct TLSTests {
    /// Lists once from a TLS server that asks for a client certificate; returns what it got.
    private func list(cluster: String, user: String) async throws -> String {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(
                Array(TestCertificates.serverCertificate.utf8)
            ).map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(
                    bytes: Array(TestCertificates.serverKey.utf8), format: .pem)))
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
        let context = try NIOSSLContext(configuration: tls)
        let handler = EmptyList()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLServerHandler(context: context), handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        let file = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try """
        current-context: lab
        contexts: [{name: lab, context: {cluster: lab, user: admin}}]
        clusters: [{name: lab, cluster: {server: 'https://127.0.0.1:\(port)', \(cluster)}}]
        users: [{name: admin, user: {\(user)}}]
        """.write(toFile: file, atomically: false, encoding: .utf8)
        var limits = ClientLimits()
        limits.answerTimeout = .seconds(5)
        let client = APIClient(try Kubeconfig.target(file: file), limits: limits)
        let result: Result<[ServiceObject], APIClientError>
        do throws(APIClientError) {
            result = .success(try await client.list(ServiceObject.self))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try await channel.close()
        _ = try result.get()
        return handler.asked
    }

    private var authority: String {
        "certificate-authority-data: \(Data(TestCertificates.authority.utf8).base64EncodedString())"
    }

    private var identity: String {
        let certificate = Data(TestCertificates.clientCertificate.utf8).base64EncodedString()
        let key = Data(TestCertificates.clientKey.utf8).base64EncodedString()
        return "client-certificate-data: \(certificate), client-key-data: \(key)"
    }

    @Test("a server that is known accepts a client that shows its certificate and token")
    func accepted() async throws {
        let asked = try await list(cluster: authority, user: identity + ", token: secret")
        #expect(asked.hasPrefix("GET /api/v1/services?limit=500 HTTP/1.1\r\n"))
        #expect(asked.lowercased().contains("authorization: bearer secret\r\n"))
    }

    @Test("verification can be left out, but only when asked to")
    func insecure() async throws {
        _ = try await list(cluster: "insecure-skip-tls-verify: true", user: identity)
        let error = await #expect(throws: APIClientError.self) {
            try await list(cluster: "insecure-skip-tls-verify: false", user: identity)
        }
        #expect(error?.code == .unreachable || error?.code == .timedOut)
    }

    @Test("a client without a certificate is turned away")
    func anonymous() async throws {
        let error = await #expect(throws: APIClientError.self) {
            try await list(cluster: authority, user: "token: secret")
        }
        #expect(error?.code == .unreachable || error?.code == .timedOut)
    }
}
