import Admission
import FoundationEssentials
package import KubeAPI

/// Takes objects that clients write, which no manifest says: Leases.
///
/// They live in memory alone: whoever holds a Lease writes it again after a restart.
package struct ClientWriter: Sendable {
    /// Objects of clients at the same time; a pair needs one.
    package static let maximumObjects = 1_000

    private let store: ObjectStore

    /// Writes into this store.
    package init(_ store: ObjectStore) {
        self.store = store
    }

    /// Adds an object that must be new, and gives it its identity.
    package func create(_ object: ClusterObject) throws(StatusObject) -> StoredObject {
        guard object.metadata.resourceVersion?.isEmpty != false else {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        var object = try admitted(object)
        guard store.count(of: object.kind) < Self.maximumObjects else {
            throw StatusObject(
                code: 403, reason: .forbidden,
                message: "there are \(Self.maximumObjects) \(object.kind.plural) already")
        }
        object.metadata.uid = UUID().uuidString.lowercased()
        object.metadata.creationTimestamp = Date.now.formatted(.iso8601)
        return try put(object, expecting: .absent)
    }

    /// Replaces an object, if it has not changed since the version that the new one states.
    package func update(_ object: ClusterObject) throws(StatusObject) -> StoredObject {
        var object = try admitted(object)
        let key = object.key
        guard let present = store.object(key)?.object else {
            throw .notFound(key.kind, name: key.name)
        }
        guard let text = object.metadata.resourceVersion, !text.isEmpty else {
            throw StatusObject(
                code: 422, reason: .invalid,
                message: "\(key.kind.plural) \"\(key.name)\" is invalid: "
                    + "metadata.resourceVersion: must be specified for an update")
        }
        // An object of the same name that was deleted and made again is another one.
        let isSame = object.metadata.uid.map { $0 == present.metadata.uid } ?? true
        guard isSame, let revision = Revision(text) else {
            throw StatusObject(
                code: 409, reason: .conflict, message: "\(key): it is not the object of that name")
        }
        object.metadata.uid = present.metadata.uid
        object.metadata.creationTimestamp = present.metadata.creationTimestamp
        return try put(object, expecting: .revision(revision))
    }

    /// Removes an object, whatever its version.
    package func delete(_ key: ObjectKey) throws(StatusObject) {
        do throws(ObjectStoreError) {
            try store.delete(key)
        } catch {
            throw StatusObject(error)
        }
    }

    private func admitted(_ object: ClusterObject) throws(StatusObject) -> ClusterObject {
        guard case .lease(let lease) = object else {
            throw StatusObject(
                code: 405, reason: .methodNotAllowed,
                message: "\(object.kind.plural) come from manifests and can only be read here")
        }
        do throws(AdmissionError) {
            return .lease(try Admission.admit(lease: lease))
        } catch {
            throw error.status
        }
    }

    private func put(
        _ object: ClusterObject, expecting expectation: ObjectStore.Expectation
    ) throws(StatusObject) -> StoredObject {
        do throws(ObjectStoreError) {
            return try store.put(object, expecting: expectation)
        } catch {
            throw StatusObject(error)
        }
    }
}
