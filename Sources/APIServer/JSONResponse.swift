import Hummingbird
import KubeAPI
import NIOCore

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
