import DNSMessage

extension RecordType {
    /// The alias of everything below a name (DNAME, RFC 6672).
    static let wholeDomainAlias = RecordType(rawValue: 39)
    /// The signature of a set of records (RRSIG, RFC 4034).
    static let signature = RecordType(rawValue: 46)
    /// The proof that there is nothing between two names (NSEC, RFC 4034).
    static let denial = RecordType(rawValue: 47)
    /// The same with hashed names (NSEC3, RFC 5155).
    static let hashedDenial = RecordType(rawValue: 50)
}

extension ResourceRecord {
    /// Whether it is of this type, or the signature of records of this type.
    func covers(_ type: RecordType, signed: Bool) -> Bool {
        if self.type == type { return true }
        guard signed, case .opaque(.signature, let bytes) = data, bytes.count >= 2 else {
            return false
        }
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == type.rawValue
    }
}

/// What records of one class that belong together have in common.
private struct SetKey: Hashable {
    let name: DomainName
    let type: RecordType
}

extension [ResourceRecord] {
    /// The records with the lowest time to live of their set each (RFC 2181 section 5.2), and none
    /// above a bound.
    func timesBounded(by bound: UInt32) -> [ResourceRecord] {
        var lowest: [SetKey: UInt32] = [:]
        for record in self {
            let key = SetKey(name: record.name, type: record.type)
            lowest[key] = Swift.min(lowest[key] ?? bound, record.timeToLive)
        }
        return map { record in
            var record = record
            record.timeToLive = lowest[SetKey(name: record.name, type: record.type)] ?? 0
            return record
        }
    }

    /// The time to live of the record that ends first.
    var lowestTimeToLive: UInt32? {
        self.map(\.timeToLive).min()
    }
}
