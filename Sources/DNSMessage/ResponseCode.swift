/// How a question ended (RFC 1035 section 4.1.1): twelve bits, of which the upper eight travel in
/// the extension options (RFC 6891 section 6.1.3).
package struct ResponseCode: Hashable, Sendable {
    /// The number, at most 4095.
    package let rawValue: UInt16

    /// Keeps the lowest twelve bits.
    package init(truncating bits: UInt16) {
        self.rawValue = bits & 0x0fff
    }

    /// Whether the code can only be said with extension options.
    package var isExtended: Bool { rawValue > 15 }

    /// No error.
    package static let noError = ResponseCode(truncating: 0)
    /// The question could not be read.
    package static let formatError = ResponseCode(truncating: 1)
    /// The server could not find out.
    package static let serverFailure = ResponseCode(truncating: 2)
    /// No such name, nor any below it.
    package static let nameError = ResponseCode(truncating: 3)
    /// The server does not do such things.
    package static let notImplemented = ResponseCode(truncating: 4)
    /// The server will not do it for this client.
    package static let refused = ResponseCode(truncating: 5)
    /// The server has no authority here (RFC 2136).
    package static let notAuthoritative = ResponseCode(truncating: 9)
    /// A version of the extensions that the server does not know (RFC 6891).
    package static let badVersion = ResponseCode(truncating: 16)
}

extension ResponseCode: CustomStringConvertible {
    /// The mnemonic, such as `NXDOMAIN`; `RCODE77` where there is none.
    package var description: String {
        switch self {
        case .noError: "NOERROR"
        case .formatError: "FORMERR"
        case .serverFailure: "SERVFAIL"
        case .nameError: "NXDOMAIN"
        case .notImplemented: "NOTIMP"
        case .refused: "REFUSED"
        case .notAuthoritative: "NOTAUTH"
        case .badVersion: "BADVERS"
        default: "RCODE\(rawValue)"
        }
    }
}
