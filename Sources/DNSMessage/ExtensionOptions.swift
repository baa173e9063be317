/// What a message's EDNS0 pseudo record says (RFC 6891).
///
/// The upper bits of an extended response code are not here: `MessageHeader.responseCode` has the
/// whole code, and reader and writer share it out.
package struct ExtensionOptions: Hashable, Sendable {
    /// The largest UDP message that the sender takes, in bytes, as it said.
    package var udpPayloadSize: UInt16
    /// The version of the extensions; only 0 exists.
    package var version: UInt8
    /// Whether signatures are wanted (DO, RFC 3225).
    package var isDNSSECOK: Bool
    /// The options, in their order.
    package var options: [ExtensionOption]

    /// The largest UDP message that may be sent in reply, in bytes: never less than 512
    /// (RFC 6891 section 6.2.3).
    package var usablePayloadSize: Int { max(512, Int(udpPayloadSize)) }

    /// Extensions of version 0, unless told otherwise.
    package init(
        udpPayloadSize: UInt16, version: UInt8 = 0, isDNSSECOK: Bool = false,
        options: [ExtensionOption] = []
    ) {
        self.udpPayloadSize = udpPayloadSize
        self.version = version
        self.isDNSSECOK = isDNSSECOK
        self.options = options
    }
}

/// One option of the EDNS0 pseudo record.
package struct ExtensionOption: Hashable, Sendable {
    /// The number of the option (IANA's registry), such as 10 for a cookie.
    package var code: UInt16
    /// What it says.
    package var data: [UInt8]

    /// An option.
    package init(code: UInt16, data: [UInt8]) {
        self.code = code
        self.data = data
    }
}
