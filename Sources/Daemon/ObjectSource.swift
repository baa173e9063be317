import APIClient
import KubeAPI
import ObjectStore

/// Where a tool finds single objects: only those it needs are fetched.
enum ObjectSource {
    case store(ObjectStore)
    case api(APIClient)

    /// Opens the source that flags name, and closes it however the body ends.
    static func with<Result>(
        _ source: StateSource?, ranges: RangeSettings, common: CommonSettings,
        _ body: (ObjectSource) async throws -> Result
    ) async throws -> Result {
        switch source {
        case nil: throw ConfigurationError.noSource
        case .manifests(let path):
            return try await body(
                .store(
                    try await LoadedManifests.store(path: path, ranges: ranges, common: common)))
        case .api(let source):
            let client = APIClient(try APITarget.named(by: source))
            do {
                let result = try await body(.api(client))
                await client.shutdown()
                return result
            } catch {
                await client.shutdown()
                throw error
            }
        }
    }

    /// The pod of this name; fails if there is none.
    func pod(_ name: PodName) async throws -> PodObject {
        let found: PodObject?
        switch self {
        case .store(let store):
            let key = ObjectKey(kind: .pods, namespace: name.namespace, name: name.name)
            if case .pod(let pod)? = store.object(key)?.object { found = pod } else { found = nil }
        case .api(let client):
            found = try await client.object(
                PodObject.self, namespace: name.namespace, name: name.name)
        }
        guard let found else { throw ToolFailure("there is no Pod \(name)") }
        return found
    }

    /// One Service, if there is one of this name.
    func service(namespace: String, name: String) async throws -> ServiceObject? {
        switch self {
        case .store(let store):
            let key = ObjectKey(kind: .services, namespace: namespace, name: name)
            guard case .service(let service)? = store.object(key)?.object else { return nil }
            return service
        case .api(let client):
            return try await client.object(ServiceObject.self, namespace: namespace, name: name)
        }
    }

    /// All Services of a namespace.
    func services(in namespace: String) async throws -> [ServiceObject] {
        switch self {
        case .store(let store):
            return try store.list(ListRequest(.services, namespace: namespace)).objects
                .compactMap {
                    guard case .service(let service) = $0.object else { return nil }
                    return service
                }
        case .api(let client):
            return try await client.list(ServiceObject.self, namespace: namespace)
        }
    }
}
