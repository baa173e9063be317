import Hummingbird
import KubeAPI
import NIOCore
import ObjectStore

extension Response {
    /// A JSON document.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok
    ) throws(StatusObject) -> Response {
        do {
            return json(
                ResponseBody(byteBuffer: try ObjectEncoding.buffer(of: value)), status: status)
        } catch {
            throw .unencodable(error)
        }
    }

    /// An object of the store.
    static func object(
        _ object: StoredObject, status: HTTPResponse.Status = .ok
    ) throws(StatusObject) -> Response {
        do {
            let bytes = try ObjectEncoding.bytes(of: object)
            return json(ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)), status: status)
        } catch {
            throw .unencodable(error)
        }
    }

    /// A body that is JSON already.
    static func json(_ body: ResponseBody, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: body)
    }

    /// A failure as Kubernetes says it.
    static func failure(_ failure: StatusObject) throws(StatusObject) -> Response {
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
    /// The answer when an object cannot be made JSON of.
    fileprivate static func unencodable(_ error: any Error) -> StatusObject {
        StatusObject(code: 500, reason: .internalError, message: "\(error)")
    }
}
