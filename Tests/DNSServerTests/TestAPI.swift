import Addressing
import FoundationEssentials
import KubeAPI
import NIOCore
import NIOPosix
import Synchronization

/// As much of an API server as a watch needs: lists, and changes sent to whoever watches.
final class TestAPI: Sendable {
    private struct State {
        var lists: [ResourceKind: String] = [:]
        var watches: [(kind: ResourceKind, channel: any Channel)] = []
        var revision = 1
    }

    private let state = Mutex(State())
    private let server = Mutex<(any Channel)?>(nil)

    /// Starts to serve at an address.
    func start(at endpoint: SocketEndpoint) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(Responder(api: self))
            }
            .bind(host: "\(endpoint.address)", port: Int(endpoint.port.rawValue)).get()
        server.withLock { $0 = channel }
    }

    /// Closes the server and all its connections.
    func stop() async {
        try? await server.withLock { $0 }?.close()
        let watches = state.withLock { state in
            defer { state.watches = [] }
            return state.watches
        }
        for watch in watches { try? await watch.channel.close() }
    }

    /// Sets what a kind's list has.
    func list<Object: KubeObject>(_ objects: [Object]) throws {
        let items = try objects.map(Self.text).joined(separator: ",")
        let kind = Object.resource
        let list = """
            {"kind":"\(kind.listKind)","apiVersion":"\(kind.apiVersion)",\
            "metadata":{"resourceVersion":"1"},"items":[\(items)]}
            """
        state.withLock { $0.lists[kind] = list }
    }

    /// Tells whoever watches of a change; false if nobody does.
    func send<Object: KubeObject>(_ type: String, _ object: Object) throws -> Bool {
        let (revision, watches) = state.withLock { state in
            state.revision += 1
            return (state.revision, state.watches.filter { $0.kind == Object.resource })
        }
        var object = object
        object.metadata.resourceVersion = "\(revision)"
        let line = "{\"type\":\"\(type)\",\"object\":\(try Self.text(object))}\n"
        for watch in watches { Self.write(Self.chunk(line), to: watch.channel) }
        return !watches.isEmpty
    }

    fileprivate func respond(to path: String, on channel: any Channel) {
        let kind = ResourceKind.allCases.first { path.hasPrefix($0.path()) }
        guard let kind else { return Self.write(Self.head("404 Not Found", "{}"), to: channel) }
        if path.contains("watch=") {
            Self.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", to: channel)
            state.withLock { $0.watches.append((kind, channel)) }
        } else {
            let list = state.withLock { $0.lists[kind] }
            Self.write(
                Self.head(list == nil ? "404 Not Found" : "200 OK", list ?? "{}"), to: channel)
        }
    }

    private static func text(_ object: some KubeObject) throws -> String {
        String(decoding: try JSONEncoder().encode(object), as: UTF8.self)
    }

    private static func head(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func chunk(_ line: String) -> String {
        "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n"
    }

    private static func write(_ text: String, to channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }
}

/// Reads requests, which have no body, and has them answered.
private final class Responder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let api: TestAPI
    private let received = Mutex("")

    init(api: TestAPI) {
        self.api = api
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        let paths = received.withLock { received -> [String] in
            received += text
            var paths: [String] = []
            while let end = received.firstRange(of: "\r\n\r\n") {
                let fields = received.split(separator: " ", maxSplits: 2)
                if fields.count > 1 { paths.append(String(fields[1])) }
                received = String(received[end.upperBound...])
            }
            return paths
        }
        for path in paths { api.respond(to: path, on: context.channel) }
    }
}
