/// The names of the types that are met, as zone files and `dig` spell them.
private let mnemonics: [UInt16: String] = [
    1: "A", 2: "NS", 3: "MD", 4: "MF", 5: "CNAME", 6: "SOA", 7: "MB", 8: "MG", 9: "MR",
    10: "NULL", 11: "WKS", 12: "PTR", 13: "HINFO", 14: "MINFO", 15: "MX", 16: "TXT", 17: "RP",
    18: "AFSDB", 21: "RT", 24: "SIG", 25: "KEY", 26: "PX", 28: "AAAA", 29: "LOC", 30: "NXT",
    33: "SRV", 35: "NAPTR", 36: "KX", 37: "CERT", 39: "DNAME", 41: "OPT", 42: "APL", 43: "DS",
    44: "SSHFP", 45: "IPSECKEY", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 49: "DHCID",
    50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA", 53: "SMIMEA", 55: "HIP", 59: "CDS",
    60: "CDNSKEY", 61: "OPENPGPKEY", 62: "CSYNC", 63: "ZONEMD", 64: "SVCB", 65: "HTTPS",
    99: "SPF", 108: "EUI48", 109: "EUI64", 249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR",
    253: "MAILB", 254: "MAILA", 255: "ANY", 256: "URI", 257: "CAA",
]

private let numbers = Dictionary(
    uniqueKeysWithValues: mnemonics.map { number, mnemonic in (mnemonic, number) })

extension RecordType: CustomStringConvertible {
    /// Reads a mnemonic in either case, or `TYPE123` for a type without one (RFC 3597).
    package init?(mnemonic: some StringProtocol) {
        let spelled = mnemonic.uppercased()
        if let number = numbers[spelled] {
            self.init(rawValue: number)
            return
        }
        guard let number = numberAfter("TYPE", in: spelled) else { return nil }
        self.init(rawValue: number)
    }

    /// The mnemonic, such as `AAAA`; `TYPE123` where there is none (RFC 3597).
    package var description: String {
        mnemonics[rawValue] ?? "TYPE\(rawValue)"
    }
}

/// The number that follows a word, in decimal digits alone.
func numberAfter(_ word: String, in text: String) -> UInt16? {
    guard text.hasPrefix(word) else { return nil }
    let digits = text.dropFirst(word.count)
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt16(digits)
}
