import AsyncHTTPClient
import FoundationEssentials
package import KubeAPI
import NIOCore
import NIOHTTP1
import NIOSSL

/// Reads from one API server, and writes to it; `watch` is what most callers want.
package final class APIClient: Sendable {
    /// Whom it talks to, and as whom.
    package let target: APITarget
    /// How much and how long it takes from the server.
    package let limits: ClientLimits
    private let client: HTTPClient

    /// A client of this server; call `shutdown` when done with it.
    package init(_ target: APITarget, limits: ClientLimits = ClientLimits()) {
        self.target = target
        self.limits = limits
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: target.tls,
            // A redirect would carry the bearer token to another host.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)))
        // A watch holds its connection: one for each kind, and some for the lists.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections; requests that still run fail.
    package func shutdown() async {
        try? await client.shutdown()
    }

    /// Tells `receive` all objects of a kind and then every change.
    ///
    /// It lists, watches, and begins again after whatever goes wrong, until the task is
    /// cancelled. One change is told at a time; while `receive` runs nothing is read.
    package func watch<Object: KubeObject>(
        _ kind: Object.Type, _ receive: @escaping @Sendable (ObjectChange<Object>) async -> Void
    ) async {
        await ListWatch<Object>(client: self).run(receive)
    }

    /// All objects of a kind, once.
    package func list<Object: KubeObject>(
        _ kind: Object.Type
    ) async throws(APIClientError) -> [Object] {
        try await ListReader<Object>(client: self).read().objects
    }

    /// All objects of a kind in one namespace, once.
    package func list<Object: KubeObject>(
        _ kind: Object.Type, namespace: String
    ) async throws(APIClientError) -> [Object] {
        try await ListReader<Object>(client: self, namespace: namespace).read().objects
    }

    /// Sends a `GET` and returns the answer once its head says success.
    func get(
        _ path: String, query: [(name: String, value: String)] = []
    ) async throws(APIClientError) -> HTTPClientResponse {
        try await send(.GET, path + Self.text(of: query))
    }

    /// Sends a request, perhaps with a JSON document, and returns the answer once its head says
    /// success.
    func send(
        _ method: HTTPMethod, _ path: String, _ document: Data? = nil
    ) async throws(APIClientError) -> HTTPClientResponse {
        let name = "\(method.rawValue) \(target.url)\(path.prefix { $0 != "?" })"
        var request = HTTPClientRequest(url: target.url + path)
        request.method = method
        if let document {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: document))
        }
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: "sluice")
        if let token = try bearerToken(for: name) {
            request.headers.add(name: "authorization", value: "Bearer \(token)")
        }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(
                request, timeout: TimeAmount(limits.answerTimeout))
        } catch {
            throw Self.failure(error, request: name)
        }
        guard response.status == .ok || response.status == .created else {
            throw await refusal(response, request: name)
        }
        return response
    }

    /// What a failure below HTTP means.
    static func failure(_ error: any Error, request: String) -> APIClientError {
        if let error = error as? APIClientError { return error }
        if let error = error as? HTTPClientError,
            [.deadlineExceeded, .connectTimeout, .readTimeout].contains(error)
        {
            return APIClientError(.timedOut, request: request, detail: "no answer in time")
        }
        return APIClientError(.unreachable, request: request, detail: "\(error)")
    }

    /// What a status other than 200 and 201 means; the body is mostly a `Status` object.
    private func refusal(
        _ response: HTTPClientResponse, request: String
    ) async -> APIClientError {
        // Longer explanations than 64 KiB are not for people.
        let body = try? await response.body.collect(upTo: 64 << 10)
        let data = body.map { Data($0.readableBytesView) } ?? Data()
        let fallback = StatusObject(
            code: Int(response.status.code), reason: .internalError,
            message: response.status.reasonPhrase)
        var status = (try? JSONDecoder().decode(StatusObject.self, from: data)) ?? fallback
        status.code = status.code ?? fallback.code
        return APIClientError(
            .refused, request: request,
            detail: "\(response.status.code) \(status.message ?? response.status.reasonPhrase)",
            status: status)
    }

    private func bearerToken(for request: String) throws(APIClientError) -> String? {
        switch target.bearerToken {
        case nil: return nil
        case .text(let token): return token
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path),
                let token = String(bytes: data, encoding: .utf8)
            else {
                throw APIClientError(
                    .tokenUnreadable, request: request,
                    detail: "the token file \(path) cannot be read")
            }
            return String(token.filter { !$0.isWhitespace })
        }
    }

    private static func text(of query: [(name: String, value: String)]) -> String {
        guard !query.isEmpty else { return "" }
        let items = query.map { "\($0.name)=\(percentEncoded($0.value))" }
        return "?" + items.joined(separator: "&")
    }

    /// Leaves only what RFC 3986 calls unreserved as it is.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}
