import Addressing

/// What comes before a record's data.
struct RecordHead {
    let name: DomainName
    let type: RecordType
    let `class`: RecordClass
    let timeToLive: UInt32
    /// Where the data lie.
    let data: Range<Int>
}

extension RawSpan {
    /// Reads a question.
    func readQuestion(at offset: inout Int) throws(MessageError) -> Question {
        let name = try readName(at: &offset)
        let type = RecordType(rawValue: try readUInt16(at: &offset))
        return Question(
            name: name, type: type, class: RecordClass(rawValue: try readUInt16(at: &offset)))
    }

    /// Reads a record up to its data.
    ///
    /// Most records are of the first question's name: a pointer to it needs no copy.
    func readRecordHead(
        at offset: inout Int, question: DomainName?
    ) throws(MessageError) -> RecordHead {
        let name: DomainName
        if let question, isPointerToQuestion(at: offset) {
            name = question
            offset += 2
        } else {
            name = try readName(at: &offset)
        }
        let type = RecordType(rawValue: try readUInt16(at: &offset))
        let recordClass = RecordClass(rawValue: try readUInt16(at: &offset))
        let timeToLive = try readUInt32(at: &offset)
        let length = Int(try readUInt16(at: &offset))
        let start = offset
        try skip(length, at: &offset)
        return RecordHead(
            name: name, type: type, class: recordClass, timeToLive: timeToLive,
            data: start..<offset)
    }

    private func isPointerToQuestion(at offset: Int) -> Bool {
        offset + 2 <= byteCount && self[byteAt: offset] == 0xc0
            && self[byteAt: offset + 1] == UInt8(MessageHeader.byteCount)
    }

    /// Passes over a record.
    func skipRecord(at offset: inout Int) throws(MessageError) {
        try skipName(at: &offset)
        try skip(8, at: &offset)
        try skip(Int(try readUInt16(at: &offset)), at: &offset)
    }

    /// Reads the data of a record, all of them.
    ///
    /// Data of no bytes at all, which dynamic updates have, say nothing for any type.
    func readData(of head: RecordHead) throws(MessageError) -> RecordData {
        if head.data.isEmpty { return .opaque(head.type, []) }
        var offset = head.data.lowerBound
        let data = try readData(of: head, at: &offset)
        guard offset == head.data.upperBound else {
            throw MessageError(.badData, at: head.data.lowerBound)
        }
        return data
    }

    private func readData(
        of head: RecordHead, at offset: inout Int
    ) throws(MessageError) -> RecordData {
        switch (head.type, head.class) {
        case (.a, .internet):
            return .a(IPv4Address(rawValue: try readUInt32(at: &offset)))
        case (.aaaa, .internet):
            let high = try readUInt64(at: &offset)
            return .aaaa(IPv6Address(high: high, low: try readUInt64(at: &offset)))
        case (.srv, .internet):
            return .srv(try readServiceLocation(at: &offset))
        case (.cname, _): return .cname(try readName(at: &offset))
        case (.ns, _): return .ns(try readName(at: &offset))
        case (.ptr, _): return .ptr(try readName(at: &offset))
        case (.soa, _): return .soa(try readStartOfAuthority(at: &offset))
        case (.mx, _):
            let preference = try readUInt16(at: &offset)
            return .mx(
                MailExchange(preference: preference, exchange: try readName(at: &offset)))
        case (.txt, _):
            return .txt(try readTexts(at: &offset, end: head.data.upperBound))
        default:
            return .opaque(head.type, try readExpanded(head.type, head.data, at: &offset))
        }
    }

    private func readServiceLocation(
        at offset: inout Int
    ) throws(MessageError) -> ServiceLocation {
        let priority = try readUInt16(at: &offset)
        let weight = try readUInt16(at: &offset)
        let port = try readUInt16(at: &offset)
        return ServiceLocation(
            priority: priority, weight: weight, port: port, target: try readName(at: &offset))
    }

    private func readStartOfAuthority(
        at offset: inout Int
    ) throws(MessageError) -> StartOfAuthority {
        let primaryServer = try readName(at: &offset)
        let mailbox = try readName(at: &offset)
        let serial = try readUInt32(at: &offset)
        let refresh = try readUInt32(at: &offset)
        let retry = try readUInt32(at: &offset)
        let expire = try readUInt32(at: &offset)
        return StartOfAuthority(
            primaryServer: primaryServer, mailbox: mailbox, serial: serial, refresh: refresh,
            retry: retry, expire: expire, minimum: try readUInt32(at: &offset))
    }

    private func readTexts(at offset: inout Int, end: Int) throws(MessageError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        while offset < end {
            let length = Int(try readByte(at: &offset))
            texts.append(try readBytes(length, at: &offset))
        }
        return texts
    }
}
