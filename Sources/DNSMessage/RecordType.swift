/// What a record says of its name (RFC 1035 section 3.2.2 and IANA's registry).
package struct RecordType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt16

    /// The type with this number, known by name or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// An IPv4 address.
    package static let a = RecordType(rawValue: 1)
    /// A name server of the zone.
    package static let ns = RecordType(rawValue: 2)
    /// The name that this one stands for.
    package static let cname = RecordType(rawValue: 5)
    /// The start of a zone of authority.
    package static let soa = RecordType(rawValue: 6)
    /// The name that an address belongs to.
    package static let ptr = RecordType(rawValue: 12)
    /// A mail exchanger.
    package static let mx = RecordType(rawValue: 15)
    /// Texts.
    package static let txt = RecordType(rawValue: 16)
    /// An IPv6 address (RFC 3596).
    package static let aaaa = RecordType(rawValue: 28)
    /// Where a service is: host and port (RFC 2782).
    package static let srv = RecordType(rawValue: 33)
    /// A rule that rewrites names (RFC 3403).
    package static let naptr = RecordType(rawValue: 35)
    /// The name that a whole subtree stands for (RFC 6672).
    package static let dname = RecordType(rawValue: 39)
    /// EDNS0's pseudo record (RFC 6891).
    package static let opt = RecordType(rawValue: 41)
    /// A delegation's signer (RFC 4034).
    package static let ds = RecordType(rawValue: 43)
    /// The signature of a record set (RFC 4034).
    package static let rrsig = RecordType(rawValue: 46)
    /// The next name of a signed zone (RFC 4034).
    package static let nsec = RecordType(rawValue: 47)
    /// A zone's key (RFC 4034).
    package static let dnskey = RecordType(rawValue: 48)
    /// How to connect to a service (RFC 9460).
    package static let svcb = RecordType(rawValue: 64)
    /// How to connect to a web server (RFC 9460).
    package static let https = RecordType(rawValue: 65)
    /// A message's signature by a shared key (RFC 8945).
    package static let tsig = RecordType(rawValue: 250)
    /// The question for a zone's changes (RFC 1995).
    package static let ixfr = RecordType(rawValue: 251)
    /// The question for a whole zone (RFC 5936).
    package static let axfr = RecordType(rawValue: 252)
    /// The question for whatever there is (RFC 8482).
    package static let any = RecordType(rawValue: 255)
    /// Which authorities may issue certificates (RFC 8659).
    package static let caa = RecordType(rawValue: 257)
}
