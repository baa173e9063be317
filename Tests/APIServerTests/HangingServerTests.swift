import APIClient
import KubeAPI
import NIOCore
import NIOPosix
import Support
import Testing

/// Answers every request with fixed text and then says nothing more.
private final class FixedAnswer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable (String) -> String

    init(_ answer: @escaping @Sendable (String) -> String) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = answer(String(buffer: unwrapInboundIn(data)))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}

@Suite("Servers that misbehave", .timeLimit(.minutes(1)))
struct HangingServerTests {
    private static let list = """
        {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[\
        {"metadata":{"name":"web"},"spec":{"ports":[{"port":80}]}}]}
        """
    private static let line = """
        {"type":"ADDED","object":{"metadata":{"name":"new","resourceVersion":"8"},"spec":{}}}

        """

    private static func whole(_ body: String, status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// A body whose end does not come.
    private static func unfinished(_ body: String) -> String {
        let chunk = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
        return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(chunk)"
    }

    /// Runs a client against a server that answers so, until `isDone`.
    private func told(
        _ answer: @escaping @Sendable (String) -> String, limits: ClientLimits? = nil,
        until isDone: @escaping @Sendable ([ObjectChange<ServiceObject>]) -> Bool
    ) async throws -> [ObjectChange<ServiceObject>] {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { $0.pipeline.addHandler(FixedAnswer(answer)) }
            .bind(host: "127.0.0.1", port: 0).get()
        var short = ClientLimits()
        short.stallTimeout = .milliseconds(200)
        short.silenceTimeout = .milliseconds(600)
        short.answerTimeout = .milliseconds(600)
        let port = try #require(channel.localAddress?.port)
        let client = APIClient(
            try APITarget(url: "http://127.0.0.1:\(port)"), limits: limits ?? short)
        let changes = Shared<[ObjectChange<ServiceObject>]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await client.watch(ServiceObject.self) { change in
                    changes.change { $0.append(change) }
                }
            }
            try await eventually("the condition") { isDone(changes.now) }
            group.cancelAll()
        }
        await client.shutdown()
        try await channel.close()
        return changes.now
    }

    private static func failure(
        _ changes: [ObjectChange<ServiceObject>], _ code: APIClientError.Code
    ) -> APIClientError? {
        for case .disconnected(let error) in changes where error.code == code { return error }
        return nil
    }

    @Test("a server that sends half a line of a watch and hangs is given up")
    func halfLine() async throws {
        let changes = try await told { request in
            request.contains("watch=true")
                ? Self.unfinished(Self.line + "{\"type\":\"ADDED\",\"obj") : Self.whole(Self.list)
        } until: {
            Self.failure($0, .stalled) != nil
        }
        guard changes.count > 2, case .listed(let objects, "7") = changes[0],
            case .upserted(let new) = changes[2]
        else {
            Issue.record("\(changes)")
            return
        }
        #expect(objects.map(\.metadata.name) == ["web"])
        #expect(changes[1] == .connected)
        #expect(new.metadata.name == "new")
        #expect(Self.failure(changes, .stalled)?.description.contains("stopped sending") == true)
    }

    @Test("a server that sends half a page of a list and hangs is given up")
    func halfPage() async throws {
        let changes = try await told { _ in
            Self.unfinished(String(Self.list.prefix(90)))
        } until: {
            Self.failure($0, .stalled) != nil
        }
        #expect(changes.allSatisfy { if case .disconnected = $0 { true } else { false } })
    }

    @Test("a server that says nothing at all is given up")
    func silence() async throws {
        let changes = try await told { _ in
            ""
        } until: {
            Self.failure($0, .timedOut) != nil
        }
        #expect(!changes.isEmpty)
    }

    @Test("a silent watch is opened again from where it was, and that is no failure")
    func silentWatch() async throws {
        let revisions = Shared<[String]>([])
        let changes = try await told { request in
            guard request.contains("watch=true") else { return Self.whole(Self.list) }
            let revision = request.split(separator: "resourceVersion=")[1].prefix { $0 != "&" }
            revisions.change { $0.append(String(revision)) }
            return Self.unfinished(revision == "7" ? Self.line : "\n")
        } until: { _ in
            revisions.now.count > 2
        }
        #expect(revisions.now.prefix(3) == ["7", "8", "8"])
        #expect(Self.failure(changes, .stalled) == nil)
    }

    @Test("a line or a page over the limit is refused, not gathered")
    func tooLarge() async throws {
        var limits = ClientLimits()
        limits.lineBytes = 1000
        let long = String(repeating: "x", count: 1001)
        let line = try await told(
            { $0.contains("watch=true") ? Self.unfinished(long) : Self.whole(Self.list) },
            limits: limits, until: { Self.failure($0, .tooLarge) != nil })
        #expect(Self.failure(line, .tooLarge)?.detail.contains("1000 bytes") == true)
        limits.pageBytes = 50
        let page = try await told(
            { _ in Self.whole(Self.list) }, limits: limits,
            until: { Self.failure($0, .tooLarge) != nil })
        #expect(Self.failure(page, .tooLarge)?.detail.contains("50 bytes") == true)
    }

    @Test("what is no Kubernetes answer is a clear error")
    func nonsense() async throws {
        let list = try await told { _ in
            Self.whole("<html>")
        } until: {
            Self.failure($0, .malformed) != nil
        }
        #expect(Self.failure(list, .malformed)?.description.contains("not a list") == true)
        let refused = try await told { _ in
            Self.whole("{\"kind\":\"Status\",\"message\":\"who are you?\"}", status: "403 No")
        } until: {
            Self.failure($0, .refused) != nil
        }
        #expect(Self.failure(refused, .refused)?.detail == "403 who are you?")
    }

    @Test("one object that cannot be read costs neither the list nor the watch")
    func unreadableObject() async throws {
        let bad =
            "{\"metadata\":{\"name\":\"bad\",\"resourceVersion\":\"9\"},\"spec\":{\"ports\":1}}"
        let changes = try await told { request in
            request.contains("watch=true")
                ? Self.unfinished("{\"type\":\"ADDED\",\"object\":\(bad)}\n" + Self.line)
                : Self.whole(Self.list.replacing("[{\"meta", with: "[\(bad),{\"meta"))
        } until: {
            $0.contains { if case .upserted = $0 { true } else { false } }
        }
        let keys = changes.compactMap { change -> String? in
            guard case .unreadable(let object) = change else { return nil }
            return object.key?.description
        }
        #expect(keys.prefix(2) == ["services default/bad", "services default/bad"])
        guard case .unreadable(let object) = changes[0], case .listed(let objects, _) = changes[1]
        else {
            Issue.record("\(changes)")
            return
        }
        #expect(object.problem.hasPrefix("spec.ports"))
        #expect(objects.map(\.metadata.name) == ["web"])
    }
}
