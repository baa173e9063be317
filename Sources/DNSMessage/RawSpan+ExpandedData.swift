/// A part of the data of a type that is kept as bytes.
private enum Field {
    /// So many bytes.
    case bytes(Int)
    /// A length and as many bytes.
    case text
    /// A name, which old writers compress.
    case name
}

/// The types other than those in `RecordData` whose names may be compressed: those of RFC 1035 and
/// those for which RFC 3597 section 4 wants it read nevertheless.
private func fields(of type: RecordType) -> [Field] {
    switch type.rawValue {
    case 3, 4, 7, 8, 9, RecordType.dname.rawValue: [.name]  // MD, MF, MB, MG, MR
    case 14, 17: [.name, .name]  // MINFO, RP
    case 18, 21, 36: [.bytes(2), .name]  // AFSDB, RT, KX
    case 24: [.bytes(18), .name]  // SIG
    case 26: [.bytes(2), .name, .name]  // PX
    case 30: [.name]  // NXT
    case RecordType.naptr.rawValue: [.bytes(4), .text, .text, .text, .name]
    default: []
    }
}

extension RawSpan {
    /// Reads the data of a type that is not looked into, with the names in them spelled out: a
    /// pointer would mean nothing in another message.
    func readExpanded(
        _ type: RecordType, _ range: Range<Int>, at offset: inout Int
    ) throws(MessageError) -> [UInt8] {
        var expanded: [UInt8] = []
        for field in fields(of: type) {
            switch field {
            case .bytes(let count):
                expanded += try readBytes(count, at: &offset)
            case .text:
                let length = try readByte(at: &offset)
                expanded.append(length)
                expanded += try readBytes(Int(length), at: &offset)
            case .name:
                expanded += try readName(at: &offset).wire
            }
            guard offset <= range.upperBound else {
                throw MessageError(.badData, at: range.lowerBound)
            }
        }
        expanded += try readBytes(range.upperBound - offset, at: &offset)
        return expanded
    }
}
