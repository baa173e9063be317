/// The family of networks that a record belongs to (RFC 1035 section 3.2.4).
package struct RecordClass: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt16

    /// The class with this number, known by name or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The Internet: all that is in use.
    package static let internet = RecordClass(rawValue: 1)
    /// Chaosnet: where servers tell their version.
    package static let chaos = RecordClass(rawValue: 3)
    /// Hesiod.
    package static let hesiod = RecordClass(rawValue: 4)
    /// No class: for dynamic updates (RFC 2136).
    package static let none = RecordClass(rawValue: 254)
    /// The question for every class.
    package static let any = RecordClass(rawValue: 255)
}

extension RecordClass: CustomStringConvertible {
    /// Reads a mnemonic in either case, or `CLASS123` for a class without one (RFC 3597).
    package init?(mnemonic: some StringProtocol) {
        let spelled = mnemonic.uppercased()
        switch spelled {
        case "IN": self = .internet
        case "CH": self = .chaos
        case "HS": self = .hesiod
        case "NONE": self = .none
        case "ANY": self = .any
        default:
            guard let number = numberAfter("CLASS", in: spelled) else { return nil }
            self.init(rawValue: number)
        }
    }

    /// The mnemonic, such as `IN`; `CLASS123` where there is none (RFC 3597).
    package var description: String {
        switch self {
        case .internet: "IN"
        case .chaos: "CH"
        case .hesiod: "HS"
        case .none: "NONE"
        case .any: "ANY"
        default: "CLASS\(rawValue)"
        }
    }
}
