/// The first twelve bytes of a message, without the counts (RFC 1035 section 4.1.1).
package struct MessageHeader: Hashable, Sendable {
    /// What joins the response to its query.
    package var id: UInt16
    /// Response rather than query (QR).
    package var isResponse: Bool
    /// What is wanted.
    package var opcode: Opcode
    /// Whether the zone's own server answers (AA).
    package var isAuthoritative: Bool
    /// Whether something was left out for want of room (TC).
    package var isTruncated: Bool
    /// Whether others may be asked (RD).
    package var isRecursionDesired: Bool
    /// Whether the server asks others (RA).
    package var isRecursionAvailable: Bool
    /// Whether the signatures were found good (AD, RFC 4035).
    package var isAuthenticData: Bool
    /// Whether the client checks signatures itself (CD, RFC 4035).
    package var isCheckingDisabled: Bool
    /// How it ended; the upper bits of an extended code travel in the extension options.
    package var responseCode: ResponseCode

    /// A header: of a plain query, unless told otherwise.
    package init(
        id: UInt16, isResponse: Bool = false, opcode: Opcode = .query,
        isAuthoritative: Bool = false, isTruncated: Bool = false, isRecursionDesired: Bool = false,
        isRecursionAvailable: Bool = false, isAuthenticData: Bool = false,
        isCheckingDisabled: Bool = false, responseCode: ResponseCode = .noError
    ) {
        self.id = id
        self.isResponse = isResponse
        self.opcode = opcode
        self.isAuthoritative = isAuthoritative
        self.isTruncated = isTruncated
        self.isRecursionDesired = isRecursionDesired
        self.isRecursionAvailable = isRecursionAvailable
        self.isAuthenticData = isAuthenticData
        self.isCheckingDisabled = isCheckingDisabled
        self.responseCode = responseCode
    }

    /// The header of a response to this query: the same id, opcode, RD and CD, all else as told.
    package func response(
        _ code: ResponseCode, isAuthoritative: Bool = false, isRecursionAvailable: Bool = false
    ) -> MessageHeader {
        MessageHeader(
            id: id, isResponse: true, opcode: opcode, isAuthoritative: isAuthoritative,
            isRecursionDesired: isRecursionDesired, isRecursionAvailable: isRecursionAvailable,
            isCheckingDisabled: isCheckingDisabled, responseCode: code)
    }
}

extension MessageHeader {
    /// The bytes a header takes, with the four counts.
    package static let byteCount = 12

    /// Reads the second and third pair of bytes; `flags` carries the lower bits of the code.
    init(id: UInt16, flags: UInt16) {
        self.init(
            id: id, isResponse: flags & 0x8000 != 0,
            opcode: Opcode(truncating: UInt8(truncatingIfNeeded: flags >> 11)),
            isAuthoritative: flags & 0x0400 != 0, isTruncated: flags & 0x0200 != 0,
            isRecursionDesired: flags & 0x0100 != 0, isRecursionAvailable: flags & 0x0080 != 0,
            isAuthenticData: flags & 0x0020 != 0, isCheckingDisabled: flags & 0x0010 != 0,
            responseCode: ResponseCode(truncating: flags & 0x000f))
    }

    /// The flags on the wire, with the lower four bits of the response code.
    var flags: UInt16 {
        var bits = UInt16(opcode.rawValue) << 11 | responseCode.rawValue & 0x000f
        if isResponse { bits |= 0x8000 }
        if isAuthoritative { bits |= 0x0400 }
        if isTruncated { bits |= 0x0200 }
        if isRecursionDesired { bits |= 0x0100 }
        if isRecursionAvailable { bits |= 0x0080 }
        if isAuthenticData { bits |= 0x0020 }
        if isCheckingDisabled { bits |= 0x0010 }
        return bits
    }
}
