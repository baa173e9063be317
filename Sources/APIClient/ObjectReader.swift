import FoundationEssentials
package import KubeAPI

extension APIClient {
    /// One object, once; nil if there is none of this name.
    package func object<Object: KubeObject>(
        _ kind: Object.Type, namespace: String, name: String
    ) async throws(APIClientError) -> Object? {
        let collection = Object.resource.path(namespace: Self.percentEncoded(namespace))
        let path = "\(collection)/\(Self.percentEncoded(name))"
        let request = "GET \(path)"
        let data: Data
        do {
            data = try await wholeBody(of: path, name: request)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        do {
            return try JSONDecoder().decode(Object.self, from: data)
        } catch {
            throw APIClientError(
                .malformed, request: request,
                detail: "not a \(Object.kind): \(DecodingProblem(error))")
        }
    }
}
