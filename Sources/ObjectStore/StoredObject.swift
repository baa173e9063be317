package import KubeAPI
import Synchronization

/// An object at one revision, shared by everybody who reads it.
package final class StoredObject: Sendable {
    /// As it was admitted, with identity and `resourceVersion`.
    package let object: ClusterObject
    /// The store's at the object's last change.
    package let revision: Revision
    /// Which object.
    package let key: ObjectKey
    private let encoded = Mutex<[UInt8]?>(nil)

    init(_ object: ClusterObject, revision: Revision) {
        self.object = object
        self.revision = revision
        key = object.key
    }

    /// The object's bytes, encoded when first asked for, then the same for everybody.
    ///
    /// All callers must pass the same encoding.
    package func bytes(
        encodedBy encode: (ClusterObject) throws -> [UInt8]
    ) rethrows -> [UInt8] {
        if let bytes = encoded.withLock({ $0 }) { return bytes }
        // Two that come at once both encode; neither waits for the other.
        let bytes = try encode(object)
        encoded.withLock { $0 = bytes }
        return bytes
    }
}
