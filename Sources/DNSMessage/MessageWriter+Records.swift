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
        bytes.append(bigEndian: record.type.rawValue)
        bytes.append(bigEndian: record.class.rawValue)
        bytes.append(bigEndian: record.timeToLive)
        let lengthPlace = bytes.count
        bytes.append(bigEndian: 0 as UInt16)
        append(record.data)
        guard let length = UInt16(exactly: bytes.count - lengthPlace - 2) else { return false }
        bytes.replace(at: lengthPlace, bigEndian: length)
        return true
    }

    private mutating func append(_ data: RecordData) {
        switch data {
        case .a(let address):
            bytes.append(bigEndian: address.rawValue)
        case .aaaa(let address):
            bytes.append(bigEndian: address.high)
            bytes.append(bigEndian: address.low)
        case .cname(let name), .ns(let name), .ptr(let name):
            append(name, as: .data)
        case .soa(let start):
            append(start.primaryServer, as: .data)
            append(start.mailbox, as: .data)
            bytes.append(bigEndian: start.serial)
            bytes.append(bigEndian: start.refresh)
            bytes.append(bigEndian: start.retry)
            bytes.append(bigEndian: start.expire)
            bytes.append(bigEndian: start.minimum)
        case .srv(let location):
            bytes.append(bigEndian: location.priority)
            bytes.append(bigEndian: location.weight)
            bytes.append(bigEndian: location.port)
            append(location.target, as: .plain)
        case .mx(let mail):
            bytes.append(bigEndian: mail.preference)
            append(mail.exchange, as: .data)
        case .txt(let texts):
            for text in texts { append(text: text) }
            if texts.isEmpty { bytes.append(0) }
        case .opaque(_, let data):
            bytes += data
        }
    }

    /// Writes a text as one of 255 bytes or several.
    private mutating func append(text: [UInt8]) {
        var rest = text[...]
        repeat {
            let part = rest.prefix(255)
            bytes.append(UInt8(part.count))
            bytes += part
            rest = rest.dropFirst(255)
        } while !rest.isEmpty
    }

    /// Writes a name, or a pointer to where it or its end stands already.
    mutating func append(_ name: DomainName, as role: NameRole) {
        if role == .owner, let questionName, name == questionName {
            bytes.append(bigEndian: 0xc000 | UInt16(MessageHeader.byteCount))
            return
        }
        guard questionName != nil || role != .plain else {
            bytes += name.wire
            return
        }
        noteQuestion()
        let start = bytes.count
        for label in name.labelRanges {
            let offset = label.lowerBound - 1
            let place = names.place(
                of: name.wire, from: offset, orNote: start + offset,
                in: bytes)
            guard let place else { continue }
            if role == .plain { break }
            bytes += name.wire[..<offset]
            bytes.append(bigEndian: 0xc000 | UInt16(place))
            return
        }
        bytes += name.wire
    }

    /// Makes the endings of the question's name known.
    private mutating func noteQuestion() {
        guard !isQuestionNoted, let questionName else { return }
        isQuestionNoted = true
        for label in questionName.labelRanges {
            let offset = label.lowerBound - 1
            _ = names.place(
                of: questionName.wire, from: offset,
                orNote: MessageHeader.byteCount + offset, in: bytes)
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
        bytes.append(0)
        bytes.append(bigEndian: RecordType.opt.rawValue)
        bytes.append(bigEndian: extensions.udpPayloadSize)
        bytes.append(UInt8(truncatingIfNeeded: code.rawValue >> 4))
        bytes.append(extensions.version)
        bytes.append(bigEndian: extensions.isDNSSECOK ? 0x8000 : 0 as UInt16)
        bytes.append(
            bigEndian: UInt16(extensions.byteCount - ExtensionOptions.bareByteCount))
        for option in extensions.options {
            bytes.append(bigEndian: option.code)
            bytes.append(bigEndian: UInt16(option.data.count))
            bytes += option.data
        }
    }
}
