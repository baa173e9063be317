/// Which pod a tool is asked about.
package struct PodName: Hashable, Sendable, CustomStringConvertible {
    /// The pod's namespace.
    package let namespace: String
    /// The pod's own name.
    package let name: String

    /// Reads `NAMESPACE/NAME`, or the name of a pod in `default`.
    package init(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw ConfigurationError(
                "--pod", "\"\(text)\" is not NAMESPACE/NAME; write default/web-1")
        }
        namespace = parts.count == 2 ? String(parts[0]) : "default"
        name = String(parts[parts.count - 1])
    }

    /// For example `default/web-1`.
    package var description: String { "\(namespace)/\(name)" }
}
