/// A port of a transport protocol, 1 to 65535.
package struct Port: Hashable, Sendable {
    /// The number, never 0.
    package let rawValue: UInt16

    /// Fails for 0, which the sockets API reads as "any", and above 65535.
    package init?(_ value: Int) {
        guard let rawValue = UInt16(exactly: value), rawValue > 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Reads a decimal number without sign or leading zeros.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: text.bytesOfText)
    }

    init?(utf8 text: Substring.UTF8View) {
        guard let value = decimalNumber(text, atMost: Int(UInt16.max)) else { return nil }
        self.init(value)
    }
}

extension Port: Comparable {
    package static func < (left: Port, right: Port) -> Bool { left.rawValue < right.rawValue }
}

extension Port: CustomStringConvertible {
    package var description: String { "\(rawValue)" }
}
