package import KubeAPI

/// An object and where it is written.
package struct ManifestObject: Hashable, Sendable {
    /// With kind, version and namespace stated.
    package let object: ClusterObject
    /// Where it is written.
    package let origin: ManifestOrigin

    /// Of which kind the object is; said sooner than the whole key.
    package var kind: ResourceKind { object.kind }

    /// What identifies the object.
    package var key: ObjectKey { object.key }
}

/// Which document of which file an object comes from.
package struct ManifestOrigin: Hashable, Sendable {
    /// As it was given or found.
    package let file: String
    /// The document's first line, counted from one.
    package let line: Int
    /// The positions in `kind: List` objects, from the outermost inwards.
    package let items: [Int]
}
