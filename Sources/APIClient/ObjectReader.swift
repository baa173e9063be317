import FoundationEssentials
package import KubeAPI

extension APIClient {
    /// One object, once; nil if there is none of this name.
    package func object<Object: KubeObject>(
        _ kind: Object.Type, namespace: String, name: String
    ) async throws(APIClientError) -> Object? {
        let path = Self.path(
            of: ObjectKey(kind: Object.resource, namespace: namespace, name: name))
        let request = "GET \(path)"
        let data: Data
        do {
            data = try await wholeBody(of: path, name: request)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        return try Self.decoded(data, request: request)
    }

    /// Where the objects of this one's kind and namespace are.
    static func collection(of object: ObjectKey) -> String {
        object.kind.path(namespace: percentEncoded(object.namespace))
    }

    /// Where an object is.
    static func path(of object: ObjectKey) -> String {
        "\(collection(of: object))/\(percentEncoded(object.name))"
    }

    /// The object that an answer consists of.
    static func decoded<Object: KubeObject>(
        _ data: Data, request: String
    ) throws(APIClientError) -> Object {
        do {
            return try JSONDecoder().decode(Object.self, from: data)
        } catch {
            throw APIClientError(
                .malformed, request: request,
                detail: "not a \(Object.kind): \(DecodingProblem(error))")
        }
    }
}
