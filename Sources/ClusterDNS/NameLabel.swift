package import Addressing

/// One label of the names in the zone, in lower case: 1 to 63 letters, digits, `-` and `_`.
///
/// Kubernetes' own names are of these. Up to fifteen of them take no memory of their own.
package struct NameLabel: Hashable, Sendable {
    /// The label in lower case.
    package let text: String

    private static let maximumByteCount = 63

    /// Fails for an empty or overlong text, and for characters that no name in the zone has.
    package init?(_ text: some StringProtocol) {
        self.init(bytes: Array(text.utf8))
    }

    /// Takes the bytes of a question's label, whatever the case of its letters.
    init?(bytes: some RandomAccessCollection<UInt8>) {
        guard 1...Self.maximumByteCount ~= bytes.count else { return nil }
        var isLowercase = true
        for byte in bytes {
            guard let lowercase = Self.lowercased(byte) else { return nil }
            if lowercase != byte { isLowercase = false }
        }
        text =
            isLowercase
            ? String(decoding: bytes, as: UTF8.self)
            : String(decoding: bytes.map { Self.lowercased($0) ?? $0 }, as: UTF8.self)
    }

    /// The label of an endpoint without a hostname, as CoreDNS makes it: the address with dashes
    /// for dots and colons, such as `10-244-1-2` and `fd00--1`.
    package init(systemMadeFor address: IPAddress) {
        let bytes = address.description.utf8.lazy.map { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") ? UInt8(ascii: "-") : byte
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The byte in lower case, or nil if no label has it.
    private static func lowercased(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: nil
        }
    }
}

extension NameLabel: Comparable {
    package static func < (left: NameLabel, right: NameLabel) -> Bool { left.text < right.text }
}

extension NameLabel: CustomStringConvertible {
    package var description: String { text }
}
