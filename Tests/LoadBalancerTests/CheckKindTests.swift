import Addressing
import Foundation
import HealthChecking
import NIOCore
import NIOPosix
import Testing

@testable import LoadBalancer

@Suite("Kinds of checks over real sockets")
struct CheckKindTests {
    private static let hosts = ["127.0.0.1", "::1"]

    /// What comes first of a check.
    private func failure(
        _ request: CheckRequest, at socket: SocketEndpoint, commandFolder: String? = nil,
        timeout: Duration = .seconds(5)
    ) async throws -> CheckFailure? {
        let check = HealthCheck(
            socket, request, policy: try HealthPolicy(interval: .seconds(60), timeout: timeout))
        return try await check.firstOutcome(commandFolder: commandFolder).failure
    }

    private func http(_ change: (inout HTTPRequest) -> Void) -> CheckRequest {
        var http = HTTPRequest(path: "/")
        change(&http)
        return .http(http)
    }

    @Test("a status may be asked for, and a text in the body", arguments: hosts)
    func expectations(host: String) async throws {
        let server = try await TestServer.answering(
            "HTTP/1.0 404 No\r\n\r\nI am ready", at: host)
        #expect(try await failure(http { $0.statuses = [404...404] }, at: server.socket) == nil)
        #expect(
            try await failure(http { $0.statuses = [200...299] }, at: server.socket)
                == .status(404))
        let ready = http {
            $0.statuses = [404...404]
            $0.body = Array("ready".utf8)
        }
        #expect(try await failure(ready, at: server.socket) == nil)
        let other = http {
            $0.statuses = [404...404]
            $0.body = Array("steady".utf8)
        }
        #expect(
            try await failure(other, at: server.socket, timeout: .milliseconds(300)) == .timedOut)
        try await server.close()
    }

    @Test("a body that comes a byte at a time has no longer than the check's time")
    func trickle() async throws {
        let bytes = ["HTTP/1.0 200 OK\r\n\r\n"] + Array(repeating: "x", count: 600)
        let server = try await TestServer(.answers(bytes, pause: .milliseconds(100)))
        let ready = http { $0.body = Array("ready".utf8) }
        #expect(
            try await failure(ready, at: server.socket, timeout: .milliseconds(500)) == .timedOut)
        try await server.close()
    }

    @Test("a body that never ends is read up to the limit, and fails then")
    func endless() async throws {
        let flood = String(repeating: "x", count: HTTPAnswer.bodyLimit + 100_000)
        let server = try await TestServer.answering("HTTP/1.0 200 OK\r\n\r\n" + flood)
        let ready = http { $0.body = Array("ready".utf8) }
        #expect(
            try await failure(ready, at: server.socket, timeout: .seconds(60))
                == .unexpectedAnswer)
        try await server.close()
    }

    @Test("HTTPS is spoken, and the certificate matters where that is wanted", arguments: hosts)
    func https(host: String) async throws {
        let server = try await SecureServer(at: host)
        #expect(try await failure(http { $0.security = .unverified }, at: server.socket) == nil)
        let verified = try await failure(http { $0.security = .verified }, at: server.socket)
        guard case .notSecure = verified else {
            Issue.record("a certificate of nobody was taken: \(String(describing: verified))")
            return
        }
        try await server.close()
    }

    @Test("plain HTTP where TLS is expected is a failure of TLS")
    func plainForTLS() async throws {
        let server = try await TestServer.answering("HTTP/1.0 200 OK\r\n\r\n")
        let result = try await failure(http { $0.security = .unverified }, at: server.socket)
        guard case .notSecure = result else {
            Issue.record("not a failure of TLS: \(String(describing: result))")
            return
        }
        try await server.close()
    }

    @Test("gRPC servers tell how their services are", arguments: hosts)
    func grpc(host: String) async throws {
        let server = try await HealthServer(["": 1, "shop.Cart": 1, "shop.Till": 2], at: host)
        func state(of service: String) async throws -> CheckFailure? {
            try await failure(.grpc(service: service, security: nil), at: server.socket)
        }
        #expect(try await state(of: "") == nil)
        #expect(try await state(of: "shop.Cart") == nil)
        #expect(try await state(of: "shop.Till") == .notServing("NOT_SERVING"))
        #expect(
            try await state(of: "shop.Other")
                == .notServing("NOT_FOUND, the server does not know the service"))
        try await server.close()
    }

    @Test("a server that does not speak HTTP/2 is no gRPC server")
    func notGRPC() async throws {
        let server = try await TestServer.answering("HTTP/1.0 400 Bad\r\n\r\n")
        #expect(
            try await failure(.grpc(service: "", security: nil), at: server.socket)
                == .malformedAnswer)
        try await server.close()
    }

    @Test("a datagram is answered, by what is expected", arguments: hosts)
    func datagrams(host: String) async throws {
        let server = try await EchoServer(at: host)
        func ask(_ expect: String?) async throws -> CheckFailure? {
            try await failure(
                .datagram(send: Array("ping".utf8), expect: expect.map { Array($0.utf8) }),
                at: server.socket)
        }
        #expect(try await ask(nil) == nil)
        #expect(try await ask("in") == nil)
        #expect(try await ask("pong") == .unexpectedAnswer)
        try await server.close()
        #expect(try await ask(nil) == .refused)
    }

    @Test("a check that only connects leaves the server nothing to accept", arguments: hosts)
    func unaccepted(host: String) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let (clients, arrived) = AsyncStream.makeStream(of: SocketAddress?.self)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                arrived.yield(channel.remoteAddress)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: host, port: 0).get()
        #expect(try await failure(.connect, at: place(of: server, at: host)) == nil)
        let client = try await ClientBootstrap(group: group)
            .connect(to: try #require(server.localAddress)).get()
        var iterator = clients.makeAsyncIterator()
        #expect(await iterator.next() == client.localAddress)
        try await client.close()
        try await server.close()
    }

    @Test("a program is told the place, and its status is the answer")
    func programs() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-checks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func program(_ name: String, _ text: String) throws {
            let place = folder.appendingPathComponent(name)
            try Data("#!/bin/sh\n\(text)\n".utf8).write(to: place)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: place.path)
        }
        try program("place", "[ \"$1 $2\" = '127.0.0.1 4711' ]")
        try program("place6", "[ \"$1 $2\" = '::1 4711' ]")
        try program("fails", "exit 3")
        try program("hangs", "exec sleep 600")
        func run(
            _ name: String, at place: String = "127.0.0.1:4711", timeout: Duration = .seconds(60)
        ) async throws -> CheckFailure? {
            try await failure(
                .command(name: name), at: socket(place), commandFolder: folder.path,
                timeout: timeout)
        }
        #expect(try await run("place") == nil)
        #expect(try await run("place6", at: "[::1]:4711") == nil)
        #expect(try await run("fails") == .exited(3))
        #expect(try await run("hangs", timeout: .milliseconds(300)) == .timedOut)
        guard case .notMade = try await run("absent") else {
            Issue.record("a program that is not there was run")
            return
        }
        guard
            case .notMade = try await failure(
                .command(name: "place"), at: socket("127.0.0.1:4711"))
        else {
            Issue.record("a program was run without a folder of programs")
            return
        }
    }
}
