/// What a message wants done (RFC 1035 section 4.1.1): a number of four bits.
package struct Opcode: Hashable, Sendable {
    /// The number on the wire, at most 15.
    package let rawValue: UInt8

    /// Keeps the lowest four bits.
    package init(truncating bits: UInt8) {
        self.rawValue = bits & 0x0f
    }

    /// A question.
    package static let query = Opcode(truncating: 0)
    /// The question for a server's health, never used.
    package static let status = Opcode(truncating: 2)
    /// The news that a zone has changed (RFC 1996).
    package static let notify = Opcode(truncating: 4)
    /// A change of a zone (RFC 2136).
    package static let update = Opcode(truncating: 5)
}

extension Opcode: CustomStringConvertible {
    /// The mnemonic, such as `QUERY`; `OPCODE7` where there is none.
    package var description: String {
        switch self {
        case .query: "QUERY"
        case .status: "STATUS"
        case .notify: "NOTIFY"
        case .update: "UPDATE"
        default: "OPCODE\(rawValue)"
        }
    }
}
