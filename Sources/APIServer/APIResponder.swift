import Hummingbird
import KubeAPI
import ObjectStore

/// Answers every request: one path, one answer.
struct APIResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let store: ObjectStore
    let desk: StatusDesk?
    let bookmarkInterval: Duration
    let isReady: @Sendable () -> Bool

    func respond(to request: Request, context: Context) async throws -> Response {
        do throws(StatusObject) {
            return try await answer(request)
        } catch {
            return try .failure(error)
        }
    }

    private func answer(_ request: Request) async throws(StatusObject) -> Response {
        let path = request.uri.path
        guard let asked = APIRequest(path: path) else {
            throw StatusObject(
                code: 404, reason: .notFound, message: "nothing is served at \(path)")
        }
        if let write = ObjectWrite(request.method, asked) {
            return try await write.answer(request, ClientWriter(store), desk)
        }
        guard request.method == .get else {
            throw StatusObject(
                code: 405, reason: .methodNotAllowed,
                message: "\(request.method.rawValue) is not allowed at \(path); \(asked.access)")
        }
        switch asked {
        case .health(let isAboutReadiness):
            let isWell = !isAboutReadiness || isReady()
            return isWell
                ? .text("ok") : .text("not ready: loading", status: .serviceUnavailable)
        case .discovery(let document): return try .json(document.content)
        case .object(let key), .status(let key): return try one(key)
        case .collection(let kind, let namespace):
            return try collection(kind, namespace, request)
        }
    }

    private func one(_ key: ObjectKey) throws(StatusObject) -> Response {
        guard let object = store.object(key) else {
            throw .notFound(key.kind, name: key.name)
        }
        return try .object(object)
    }

    private func collection(
        _ kind: ResourceKind, _ namespace: String?, _ request: Request
    ) throws(StatusObject) -> Response {
        var parameters: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            parameters[String(name)] = String(value)
        }
        let query = try CollectionQuery(parameters)
        guard query.isWatch else {
            return try ListResponse.response(
                kind, namespace: namespace, query: query, store: store)
        }
        return try WatchResponse(
            kind, namespace: namespace, query: query, store: store,
            bookmarkInterval: bookmarkInterval
        ).response
    }
}

extension APIRequest {
    /// How what is asked for may be used, for whoever tried another way.
    fileprivate var access: String {
        switch self {
        case .collection(let kind, _) where kind.isWrittenByClients:
            "in a namespace, POST makes one of the \(kind.plural)"
        case .object(let key) where key.kind.isWrittenByClients: "it is written by PUT and DELETE"
        case .status: "a status is written by PATCH"
        case .collection, .object: "objects come from manifests and can only be read here"
        case .discovery, .health: "it can only be read"
        }
    }
}
