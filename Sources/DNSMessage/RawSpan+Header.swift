/// What the header claims of the number of records, to be believed only as they are found.
struct SectionCounts {
    let questions: Int
    let answers: Int
    let authorities: Int
    let additionals: Int
}

extension RawSpan {
    /// Reads the header and the counts after it.
    func readHeader(
        at offset: inout Int
    ) throws(MessageError) -> (header: MessageHeader, counts: SectionCounts) {
        guard byteCount >= MessageHeader.byteCount else {
            throw MessageError(.noHeader, at: byteCount)
        }
        let id = try readUInt16(at: &offset)
        let header = MessageHeader(id: id, flags: try readUInt16(at: &offset))
        let questions = Int(try readUInt16(at: &offset))
        let answers = Int(try readUInt16(at: &offset))
        let authorities = Int(try readUInt16(at: &offset))
        let counts = SectionCounts(
            questions: questions, answers: answers, authorities: authorities,
            additionals: Int(try readUInt16(at: &offset)))
        return (header, counts)
    }

    /// Reads what the pseudo record says, and gives the upper bits of the response code to the
    /// header (RFC 6891 section 6.1.3).
    func readExtensions(
        of head: RecordHead, header: inout MessageHeader
    ) throws(MessageError) -> ExtensionOptions {
        guard head.name.labelCount == 0 else {
            throw MessageError(.badExtensions, at: head.data.lowerBound)
        }
        let upperBits = UInt16(head.timeToLive >> 24) << 4
        header.responseCode = ResponseCode(truncating: upperBits | header.responseCode.rawValue)
        var extensions = ExtensionOptions(
            udpPayloadSize: head.class.rawValue,
            version: UInt8(truncatingIfNeeded: head.timeToLive >> 16),
            isDNSSECOK: head.timeToLive & 0x8000 != 0)
        var offset = head.data.lowerBound
        while offset < head.data.upperBound {
            let code = try readUInt16(at: &offset)
            let length = Int(try readUInt16(at: &offset))
            let data = try readBytes(length, at: &offset)
            extensions.options.append(ExtensionOption(code: code, data: data))
        }
        guard offset == head.data.upperBound else {
            throw MessageError(.badExtensions, at: head.data.lowerBound)
        }
        return extensions
    }
}

extension MessageHeader {
    /// Reads the header of a message alone; the response code is its lower four bits.
    ///
    /// - Throws: `noHeader` for fewer than twelve bytes, and nothing else.
    package init(parsing message: RawSpan) throws(MessageError) {
        var offset = 0
        self = try message.readHeader(at: &offset).header
    }
}
