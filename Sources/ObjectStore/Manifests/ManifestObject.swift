package import KubeAPI

/// An object and where it is written.
package struct ManifestObject: Codable, Hashable, Sendable {
    /// With kind, version and namespace stated.
    package let object: ClusterObject
    /// Where it is written.
    package let origin: ManifestOrigin

    /// Of which kind the object is; said sooner than the whole key.
    package var kind: ResourceKind { object.kind }

    /// What identifies the object.
    package var key: ObjectKey { object.key }

    /// The same object, in another file.
    func moved(to file: String) -> ManifestObject {
        ManifestObject(
            object: object,
            origin: ManifestOrigin(file: file, line: origin.line, items: origin.items))
    }
}

/// Which document of which file an object comes from.
package struct ManifestOrigin: Codable, Hashable, Sendable {
    /// As it was given or found.
    package let file: String
    /// The document's first line, counted from one.
    package let line: Int
    /// The positions in `kind: List` objects, from the outermost inwards.
    package let items: [Int]
}
