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
        try await write(.POST, object, to: Self.collection(of: object))
    }

    /// Replaces the object, which states the version that it replaces, and returns it as the
    /// server keeps it.
    ///
    /// Fails with `isConflict` if it has changed since, and with `isMissing` if it is gone.
    package func update<Object: KubeObject>(
        _ object: Object
    ) async throws(APIClientError) -> Object {
        let name = Self.percentEncoded(object.key.name)
        return try await write(.PUT, object, to: "\(Self.collection(of: object))/\(name)")
    }

    private static func collection(of object: some KubeObject) -> String {
        object.key.kind.path(namespace: percentEncoded(object.key.namespace))
    }

    private func write<Object: KubeObject>(
        _ method: HTTPMethod, _ object: Object, to path: String
    ) async throws(APIClientError) -> Object {
        let request = "\(method.rawValue) \(path)"
        do {
            let response = try await send(method, path, try JSONEncoder().encode(object))
            let data = try await wholeBody(of: response, name: request)
            return try JSONDecoder().decode(Object.self, from: data)
        } catch let error as DecodingError {
            throw APIClientError(
                .malformed, request: request,
                detail: "not a \(Object.kind): \(DecodingProblem(error))")
        } catch {
            throw Self.failure(error, request: request)
        }
    }
}

extension APIClientError {
    /// Whether somebody else has written the object meanwhile.
    package var isConflict: Bool { status?.code == 409 }

    /// Whether there is no such object.
    package var isMissing: Bool { status?.code == 404 }
}
