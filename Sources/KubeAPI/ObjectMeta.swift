/// The part that every object has: its name, its version and what is attached to it.
///
/// Timestamps are RFC 3339 text, as they travel: nothing on this floor needs to know the time.
package struct ObjectMeta: Codable, Hashable, Sendable {
    /// The object's name, unique in its namespace and kind.
    package var name: String?
    /// The prefix a server would complete to a name.
    package var generateName: String?
    /// The namespace; absent for objects that belong to the whole cluster.
    package var namespace: String?
    /// An identity that a re-created object of the same name does not have.
    package var uid: String?
    /// The store's revision at the object's last change; opaque to clients.
    package var resourceVersion: String?
    /// Counts the changes of `spec`.
    package var generation: Int?
    /// When the object was first seen.
    package var creationTimestamp: String?
    /// Set while the object is being deleted.
    package var deletionTimestamp: String?
    /// Seconds the object was given to go.
    package var deletionGracePeriodSeconds: Int?
    /// What selectors look at.
    package var labels: [String: String]?
    /// Notes that nothing selects by.
    package var annotations: [String: String]?
    /// Objects that this one goes with.
    package var ownerReferences: [OwnerReference]?
    /// What must happen before the object is gone.
    package var finalizers: [String]?

    /// Metadata with what most objects state.
    package init(
        name: String? = nil,
        namespace: String? = nil,
        labels: [String: String]? = nil,
        annotations: [String: String]? = nil,
        resourceVersion: String? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.resourceVersion = resourceVersion
    }

    /// The value of one label.
    package func label(_ key: String) -> String? {
        labels?[key]
    }
}

/// The object that this one is deleted with.
package struct OwnerReference: Codable, Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    /// Whether the owner is the one that acts on this object.
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?

    /// A reference to a controlling owner.
    package init(apiVersion: String, kind: String, name: String, uid: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        controller = true
        blockOwnerDeletion = true
    }
}

/// Points at another object, for example from an endpoint to its pod.
package struct ObjectReference: Codable, Hashable, Sendable {
    package var kind: String?
    package var namespace: String?
    package var name: String?
    package var uid: String?
    package var apiVersion: String?
    package var resourceVersion: String?
    package var fieldPath: String?

    /// A reference by kind and name.
    package init(kind: String, namespace: String?, name: String, uid: String? = nil) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}

/// One observed fact about an object, such as a pod's `Ready`.
package struct Condition: Codable, Hashable, Sendable {
    package var type: String
    /// `True`, `False` or `Unknown`.
    package var status: String
    package var reason: String?
    package var message: String?
    package var lastTransitionTime: String?
    package var lastProbeTime: String?
    package var lastHeartbeatTime: String?
    package var observedGeneration: Int?

    /// A condition that says no more than its status.
    package init(type: String, status: String) {
        self.type = type
        self.status = status
    }
}
