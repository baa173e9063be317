/// The three sections of records.
struct Sections {
    let answers: [ResourceRecord]
    let authorities: [ResourceRecord]
    let additionals: [ResourceRecord]

    init(
        _ answers: [ResourceRecord], _ authorities: [ResourceRecord],
        _ additionals: [ResourceRecord]
    ) {
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
    }
}

/// Where in the header the counts of the sections stand.
private enum CountPlace {
    static let questions = 4
    static let answers = 6
    static let authorities = 8
    static let additionals = 10
}

extension MessageWriter {
    /// Writes the header, with flags and counts still to come.
    mutating func begin(_ header: MessageHeader) {
        bytes.removeAll(keepingCapacity: true)
        names.removeAll()
        questionName = nil
        isQuestionNoted = false
        isTruncated = header.isTruncated
        bytes.append(bigEndian: header.id)
        for _ in 2..<MessageHeader.byteCount { bytes.append(0) }
    }

    /// Writes the flags, once it is known whether something was left out.
    ///
    /// An extended response code without extensions to say it in becomes SERVFAIL.
    mutating func finish(_ header: MessageHeader, extensions: ExtensionOptions?) {
        var header = header
        header.isTruncated = isTruncated
        if extensions == nil, header.responseCode.isExtended {
            header.responseCode = .serverFailure
        }
        bytes.replace(at: 2, bigEndian: header.flags)
    }

    /// Writes the questions that fit, with room left for bare extensions.
    mutating func append(_ questions: some Collection<Question>, limit: Int) {
        var count: UInt16 = 0
        for question in questions {
            let start = bytes.count
            append(question.name, as: count == 0 ? .plain : .owner)
            bytes.append(bigEndian: question.type.rawValue)
            bytes.append(bigEndian: question.class.rawValue)
            guard bytes.count <= limit - ExtensionOptions.bareByteCount else {
                bytes.removeLast(bytes.count - start)
                isTruncated = true
                break
            }
            if count == 0 { questionName = question.name }
            count += 1
        }
        bytes.replace(at: CountPlace.questions, bigEndian: count)
    }

    /// Writes the records that fit, and the extensions in any case, if need be without options.
    mutating func append(
        _ sections: Sections, extensions: ExtensionOptions?, code: ResponseCode, limit: Int
    ) {
        var extensions = extensions
        if let options = extensions, bytes.count + options.byteCount > limit {
            extensions?.options = []
        }
        let recordLimit = limit - (extensions?.byteCount ?? 0)
        var additionalCount: UInt16 = 0
        if append(sections.answers, countedAt: CountPlace.answers, limit: recordLimit),
            append(sections.authorities, countedAt: CountPlace.authorities, limit: recordLimit)
        {
            additionalCount = appendFitting(sections.additionals, limit: recordLimit)
        } else {
            isTruncated = true
        }
        if let extensions {
            append(extensions, code: code)
            additionalCount += 1
        }
        bytes.replace(at: CountPlace.additionals, bigEndian: additionalCount)
    }

    /// Whether all records of a section fitted.
    private mutating func append(
        _ records: [ResourceRecord], countedAt place: Int, limit: Int
    ) -> Bool {
        if records.isEmpty { return true }
        let count = appendFitting(records, limit: limit)
        bytes.replace(at: place, bigEndian: count)
        return count == records.count
    }

    /// Writes the first records of a section, as many as fit, and says how many.
    private mutating func appendFitting(_ records: [ResourceRecord], limit: Int) -> UInt16 {
        var setStart = bytes.count
        var recordsBeforeSet = 0
        for (index, record) in records.enumerated() {
            let start = bytes.count
            let startsSet =
                index == 0 || truncation == .records || !record.isOfSameSet(as: records[index - 1])
            if startsSet {
                setStart = start
                recordsBeforeSet = index
            }
            guard append(record), bytes.count <= limit else {
                bytes.removeLast(bytes.count - setStart)
                return UInt16(recordsBeforeSet)
            }
        }
        return UInt16(records.count)
    }
}
