import FoundationEssentials
import HTTPTypes
import Hummingbird
import KubeAPI
import ObjectStore

/// What a client wants to write.
enum ObjectWrite: Hashable {
    case create(ResourceKind, namespace: String)
    case update(ObjectKey)
    case delete(ObjectKey)
    case patchStatus(ObjectKey)

    /// Nil for what is only read, or never written by this method.
    init?(_ method: HTTPRequest.Method, _ asked: APIRequest) {
        switch (method, asked) {
        case (.post, .collection(let kind, let namespace?)) where kind.isWrittenByClients:
            self = .create(kind, namespace: namespace)
        case (.put, .object(let key)) where key.kind.isWrittenByClients: self = .update(key)
        case (.delete, .object(let key)) where key.kind.isWrittenByClients: self = .delete(key)
        case (.patch, .status(let key)): self = .patchStatus(key)
        default: return nil
        }
    }

    /// Carries it out.
    func answer(_ request: Request, _ writer: ClientWriter, _ desk: StatusDesk?)
        async throws(StatusObject) -> Response
    {
        switch self {
        case .create(let kind, let namespace):
            let object = try await Self.object(kind, namespace, in: request)
            return try .object(writer.create(object), status: .created)
        case .update(let key):
            let object = try await Self.object(key.kind, key.namespace, in: request)
            guard object.key.name == key.name else {
                throw .badRequest(
                    "the name of the object (\(object.key.name)) does not match the name on the "
                        + "URL (\(key.name))")
            }
            return try .object(writer.update(object))
        case .patchStatus(let key):
            return try .object(await StatusWrite.answer(request, key, desk))
        case .delete(let key):
            try writer.delete(key)
            return try .json(DeletedDocument())
        }
    }

    /// The object that the request's body states, in the namespace of its path.
    private static func object(
        _ kind: ResourceKind, _ namespace: String, in request: Request
    ) async throws(StatusObject) -> ClusterObject {
        let body = try await request.document()
        var object: ClusterObject
        do {
            object = try JSONDecoder().decode(
                ClusterObject.self, from: body)
        } catch {
            throw .badRequest("the body is no \(kind.kind) in JSON: \(error)")
        }
        guard object.kind == kind else {
            throw .badRequest("the body is a \(object.kind.kind), not a \(kind.kind)")
        }
        guard object.metadata.namespace ?? namespace == namespace else {
            throw .badRequest(
                "the namespace of the object does not match the namespace on the request")
        }
        object.metadata.namespace = namespace
        return object
    }
}

/// What is answered when an object is gone.
private struct DeletedDocument: Encodable {
    let kind = "Status"
    let apiVersion = "v1"
    let status = "Success"
}
