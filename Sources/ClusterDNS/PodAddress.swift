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
        let dash = UInt8(ascii: "-")
        let bytes = Array(label.text.utf8)
        let isDoubled = zip(bytes, bytes.dropFirst()).contains { $0 == dash && $1 == dash }
        let isV4 = !isDoubled && bytes.count { $0 == dash } == 3
        let dot = isV4 ? UInt8(ascii: ".") : UInt8(ascii: ":")
        let text = String(decoding: bytes.map { $0 == dash ? dot : $0 }, as: UTF8.self)
        return IPAddress(text)
    }
}
