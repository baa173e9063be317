package import KubeAPI

/// What is kept of an object over restarts.
package struct RememberedObject: Hashable, Sendable {
    /// Which object.
    package let key: ObjectKey
    /// The identity it was given first.
    package let uid: String
    /// The first time the object was seen, RFC 3339.
    package let creationTimestamp: String
    /// Behind one pointer: most objects have none, and each would keep room for a Service.
    private var service: ClusterObject?

    /// Of a Service: as it was admitted, with its addresses.
    package var admitted: ServiceObject? {
        get {
            guard case .service(let admitted)? = service else { return nil }
            return admitted
        }
        set { service = newValue.map(ClusterObject.service) }
    }

    /// Of a Service: what clients wrote of it; nil if nothing.
    package var written: WrittenStatus?

    /// An object as it is to be remembered.
    package init(
        key: ObjectKey, uid: String, creationTimestamp: String, admitted: ServiceObject? = nil
    ) {
        self.key = key
        self.uid = uid
        self.creationTimestamp = creationTimestamp
        service = admitted.map(ClusterObject.service)
    }
}

/// One row to write.
package enum StateChange: Hashable, Sendable {
    case remember(RememberedObject)
    case forget(ObjectKey)
    /// An object whose manifest is broken, as it was when it was last good.
    case keep(ManifestObject)
    /// What a manifest says is served again.
    case letGo(ObjectKey)
}
