import FoundationEssentials
package import KubeAPI
import NIOHTTP1

extension APIClient {
    /// Adds an object and returns it as the server keeps it.
    ///
    /// Fails with `isConflict` if there is one of that name.
    package func create<Object: KubeObject>(
        _ object: Object
    ) async throws(APIClientError) -> Object {
        try await write(.POST, object, to: Self.collection(of: object.key))
    }

    /// Replaces the object, which states the version that it replaces, and returns it as the
    /// server keeps it.
    ///
    /// Fails with `isConflict` if it has changed since, and with `isMissing` if it is gone.
    package func update<Object: KubeObject>(
        _ object: Object
    ) async throws(APIClientError) -> Object {
        try await write(.PUT, object, to: Self.path(of: object.key))
    }

    /// Changes the status and the annotations of an object by a merge patch (RFC 7396), and returns
    /// the object as the server keeps it.
    ///
    /// Fails with `isConflict` if it is not the version any more that the patch states.
    package func patchStatus<Object: KubeObject>(
        of object: ObjectKey, with patch: JSONValue, _ kind: Object.Type
    ) async throws(APIClientError) -> Object {
        try await write(
            .PATCH, patch, to: "\(Self.path(of: object))/status",
            as: "application/merge-patch+json")
    }

    private func write<Object: KubeObject>(
        _ method: HTTPMethod, _ body: some Encodable, to path: String,
        as contentType: String = "application/json"
    ) async throws(APIClientError) -> Object {
        let request = "\(method.rawValue) \(path)"
        let document: Data
        do {
            document = try JSONEncoder().encode(body)
        } catch {
            throw APIClientError(
                .unwritable, request: request, detail: "cannot be said in JSON: \(error)")
        }
        let response = try await send(method, path, document, as: contentType)
        return try Self.decoded(
            try await wholeBody(of: response, name: request), request: request)
    }
}

extension APIClientError {
    /// Whether somebody else has written the object meanwhile.
    package var isConflict: Bool { status?.code == 409 }

    /// Whether there is no such object.
    package var isMissing: Bool { status?.code == 404 }
}
