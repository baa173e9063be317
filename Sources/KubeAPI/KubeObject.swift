/// An object of the Kubernetes API, spelled as Kubernetes spells it.
///
/// Everything that may be missing is optional and everything is text or a plain number, so that
/// any manifest decodes; Admission says what is wrong with it.
package protocol KubeObject: Codable, Hashable, Sendable {
    /// Which of the served resources this is; says the kind, the group and the path.
    static var resource: ResourceKind { get }

    /// The group and version as written in the object; absent in the items of a list.
    var apiVersion: String? { get set }
    /// The kind as written in the object; absent in the items of a list.
    var kind: String? { get set }
    /// Name, namespace, labels and version.
    var metadata: ObjectMeta { get set }
}

extension KubeObject {
    /// The kind, for example `Service`.
    package static var kind: String { resource.kind }

    /// The group and version, for example `v1`.
    package static var apiVersion: String { resource.apiVersion }

    /// The name in paths, for example `services`.
    package static var plural: String { resource.plural }

    /// Whether objects of this kind live in a namespace.
    package static var isNamespaced: Bool { resource.isNamespaced }

    /// What identifies the object among all objects.
    package var key: ObjectKey {
        let namespace =
            Self.isNamespaced ? metadata.namespace ?? ObjectKey.defaultNamespace : ""
        return ObjectKey(kind: Self.resource, namespace: namespace, name: metadata.name ?? "")
    }
}

/// What identifies an object: its kind, its namespace and its name.
package struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Where objects without a namespace of their own belong.
    package static let defaultNamespace = "default"

    /// Which of the served kinds the object is of.
    package let kind: ResourceKind
    /// Empty for kinds without namespaces.
    package let namespace: String
    /// Unique in the namespace and kind.
    package let name: String

    /// Keys of kinds without namespaces have an empty namespace, whatever is given.
    package init(kind: ResourceKind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = kind.isNamespaced ? namespace : ""
        self.name = name
    }

    /// For example `services default/web` or `nodes node1`.
    package var description: String {
        namespace.isEmpty ? "\(kind.plural) \(name)" : "\(kind.plural) \(namespace)/\(name)"
    }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.kind.rawValue, left.namespace, left.name)
            < (right.kind.rawValue, right.namespace, right.name)
    }
}
