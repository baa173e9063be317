/// Which Service: its namespace and its name.
package struct ServiceIdentity: Hashable, Sendable {
    /// The namespace that the name is unique in.
    package let namespace: String
    /// The Service's own name.
    package let name: String

    /// The identity of the Service of this name in this namespace.
    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// Reads `namespace/name`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(namespace: String(parts[0]), name: String(parts[1]))
    }
}

extension ServiceIdentity: Comparable {
    package static func < (left: ServiceIdentity, right: ServiceIdentity) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

extension ServiceIdentity: CustomStringConvertible {
    /// For example `default/web`.
    package var description: String { "\(namespace)/\(name)" }
}
