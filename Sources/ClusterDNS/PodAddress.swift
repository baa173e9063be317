package import Addressing

/// An address that a pod of a namespace has; several pods may share it, as on the host's network.
package struct PodAddress: Hashable, Sendable {
    /// The namespace of the pod.
    package let namespace: NameLabel
    /// One of the pod's addresses.
    package let address: IPAddress

    /// The address of a pod in a namespace.
    package init(namespace: NameLabel, address: IPAddress) {
        self.namespace = namespace
        self.address = address
    }

    /// Reads the label of a pod: its address with dashes for dots and colons.
    ///
    /// Three single dashes stand for dots, as CoreDNS has it; other dashes for colons.
    static func address(of label: NameLabel) -> IPAddress? {
        let dashes = label.text.utf8.lazy.filter { $0 == UInt8(ascii: "-") }.count
        let isV4 = dashes == 3 && !label.text.contains("--")
        let text = String(label.text.map { $0 == "-" ? (isV4 ? "." : ":") : $0 })
        return IPAddress(text)
    }
}
