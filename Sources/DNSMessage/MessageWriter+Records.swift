import Addressing

extension MessageWriter {
    /// How a name may be written.
    enum NameRole {
        /// The owner of a record: compressed, and equal to the question's whatever the case.
        case owner
        /// In the data of RFC 1035's own types: compressed.
        case data
        /// Written out, as in every newer type (RFC 3597 section 4); others may point to it.
        case plain
    }

    /// Writes a record, unless its data are longer than a record can have.
    mutating func append(_ record: ResourceRecord) -> Bool {
        append(record.name, as: .owner)
        buffer.append(bigEndian: record.type.rawValue)
        buffer.append(bigEndian: record.class.rawValue)
        buffer.append(bigEndian: record.timeToLive)
        let lengthPlace = buffer.count
        buffer.append(bigEndian: 0 as UInt16)
        append(record.data)
        guard let length = UInt16(exactly: buffer.count - lengthPlace - 2) else { return false }
        buffer.replace(at: lengthPlace, bigEndian: length)
        return true
    }

    private mutating func append(_ data: RecordData) {
        switch data {
        case .a(let address):
            buffer.append(bigEndian: address.rawValue)
        case .aaaa(let address):
            buffer.append(bigEndian: address.high)
            buffer.append(bigEndian: address.low)
        case .cname(let name), .ns(let name), .ptr(let name):
            append(name, as: .data)
        case .soa(let start):
            append(start.primaryServer, as: .data)
            append(start.mailbox, as: .data)
            buffer.append(bigEndian: start.serial)
            buffer.append(bigEndian: start.refresh)
            buffer.append(bigEndian: start.retry)
            buffer.append(bigEndian: start.expire)
            buffer.append(bigEndian: start.minimum)
        case .srv(let location):
            buffer.append(bigEndian: location.priority)
            buffer.append(bigEndian: location.weight)
            buffer.append(bigEndian: location.port)
            append(location.target, as: .plain)
        case .mx(let mail):
            buffer.append(bigEndian: mail.preference)
            append(mail.exchange, as: .data)
        case .txt(let texts):
            for text in texts { append(text: text) }
            if texts.isEmpty { buffer.append(0) }
        case .opaque(_, let data):
            buffer.append(data)
        }
    }

    /// Writes a text as one of 255 bytes or several.
    private mutating func append(text: [UInt8]) {
        var rest = text
        while rest.count > 255 {
            buffer.append(255)
            buffer.append(rest, first: 255)
            rest = Array(rest.dropFirst(255))
        }
        buffer.append(UInt8(rest.count))
        buffer.append(rest)
    }

    /// Writes a name, or a pointer to where it or its end stands already.
    mutating func append(_ name: DomainName, as role: NameRole) {
        if role == .owner, let questionName, name == questionName {
            buffer.append(bigEndian: 0xc000 | UInt16(MessageHeader.byteCount))
            return
        }
        guard questionName != nil || role != .plain else {
            buffer.append(name.wire)
            return
        }
        noteQuestion()
        let start = buffer.count
        for label in name.labelRanges {
            let offset = label.lowerBound - 1
            let place = names.place(
                of: name.wire, from: offset, orNote: start + offset,
                in: buffer)
            guard let place else { continue }
            if role == .plain { break }
            buffer.append(name.wire, first: offset)
            buffer.append(bigEndian: 0xc000 | UInt16(place))
            return
        }
        buffer.append(name.wire)
    }

    /// Makes the endings of the question's name known.
    private mutating func noteQuestion() {
        guard !isQuestionNoted, let questionName else { return }
        isQuestionNoted = true
        for label in questionName.labelRanges {
            let offset = label.lowerBound - 1
            _ = names.place(
                of: questionName.wire, from: offset,
                orNote: MessageHeader.byteCount + offset, in: buffer)
        }
    }
}

extension ExtensionOptions {
    /// The bytes of the pseudo record without options.
    static let bareByteCount = 11

    /// The bytes of the pseudo record.
    var byteCount: Int {
        options.reduce(Self.bareByteCount) { sum, option in sum + 4 + option.data.count }
    }
}

extension MessageWriter {
    /// Writes EDNS0's pseudo record, with the upper bits of the response code.
    mutating func append(_ extensions: ExtensionOptions, code: ResponseCode) {
        buffer.append(0)
        buffer.append(bigEndian: RecordType.opt.rawValue)
        buffer.append(bigEndian: extensions.udpPayloadSize)
        buffer.append(UInt8(truncatingIfNeeded: code.rawValue >> 4))
        buffer.append(extensions.version)
        buffer.append(bigEndian: extensions.isDNSSECOK ? 0x8000 : 0 as UInt16)
        buffer.append(
            bigEndian: UInt16(extensions.byteCount - ExtensionOptions.bareByteCount))
        for option in extensions.options {
            buffer.append(bigEndian: option.code)
            buffer.append(bigEndian: UInt16(option.data.count))
            buffer.append(option.data)
        }
    }
}
