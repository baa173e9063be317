import FoundationEssentials
import HTTPTypes
import Hummingbird
import KubeAPI
import NIOCore
import ObjectStore

/// A merge patch of the status of a Service.
enum StatusWrite {
    /// For a Service's status both kinds of patch mean the same: its lists are replaced whole.
    private static let contentTypes = [
        "application/merge-patch+json", "application/strategic-merge-patch+json",
    ]

    /// Has the patch of a request's body applied.
    static func answer(
        _ request: Request, _ key: ObjectKey, _ desk: StatusDesk?
    ) async throws(StatusObject) -> StoredObject {
        guard let desk else {
            throw StatusObject(
                code: 405, reason: .methodNotAllowed, message: "no status is taken here")
        }
        let type = request.headers[.contentType].map { $0.prefix { $0 != ";" } } ?? ""
        guard contentTypes.contains(String(type)) else {
            throw StatusObject(
                code: 415, reason: .unsupportedMediaType,
                message: "a patch of type \"\(type)\" is not taken; use \(contentTypes[0])")
        }
        let patch: JSONValue
        do {
            let body = try await request.document()
            patch = try JSONDecoder().decode(JSONValue.self, from: body)
        } catch let error as StatusObject {
            throw error
        } catch {
            throw .badRequest("the body is no JSON: \(error)")
        }
        return try await desk.write(patch, to: key)
    }
}

extension Request {
    /// Bytes of a document that a client may send; a Lease and a patch have some hundred.
    private static let maximumBytes = 64 << 10

    /// The whole body.
    func document() async throws(StatusObject) -> Data {
        do {
            return Data(try await body.collect(upTo: Self.maximumBytes).readableBytesView)
        } catch {
            throw StatusObject(
                code: 413, reason: .requestEntityTooLarge,
                message: "a document of more than \(Self.maximumBytes) bytes is not taken")
        }
    }
}
