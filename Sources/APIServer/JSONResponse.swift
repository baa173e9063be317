import Hummingbird
import KubeAPI
import NIOCore
import ObjectStore

extension Response {
    /// A JSON document.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        json(ResponseBody(byteBuffer: try ObjectEncoding.buffer(of: value)), status: status)
    }

    /// A body that is JSON already.
    static func json(_ body: ResponseBody, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: body)
    }

    /// A failure as Kubernetes says it.
    static func failure(_ failure: StatusObject) throws -> Response {
        try json(failure, status: HTTPResponse.Status(code: failure.code ?? 500))
    }

    /// A word for probes.
    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension StatusObject {
    /// What the store's refusal means to a client.
    init(_ error: ObjectStoreError) {
        switch error.code {
        case .notFound:
            self.init(code: 404, reason: .notFound, message: error.description)
        case .alreadyExists:
            self.init(code: 409, reason: .alreadyExists, message: error.description)
        case .conflict:
            self.init(code: 409, reason: .conflict, message: error.description)
        case .expired:
            self = .expired(error.detail)
        case .malformedToken, .unnamed:
            self = .badRequest(error.description)
        }
    }
}
