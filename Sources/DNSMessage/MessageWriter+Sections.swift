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
        buffer.truncate(to: 0)
        names.removeAll()
        questionName = nil
        isQuestionNoted = false
        isTruncated = header.isTruncated
        buffer.append(bigEndian: header.id)
        buffer.append(bigEndian: 0 as UInt16)
        buffer.append(bigEndian: 0 as UInt64)
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
        buffer.replace(at: 2, bigEndian: header.flags)
    }

    /// Writes the questions that fit, with room left for bare extensions.
    mutating func append(_ questions: some Collection<Question>, limit: Int) {
        var count: UInt16 = 0
        for question in questions {
            let start = buffer.count
            append(question.name, as: count == 0 ? .plain : .owner)
            buffer.append(bigEndian: question.type.rawValue)
            buffer.append(bigEndian: question.class.rawValue)
            guard buffer.count <= limit - ExtensionOptions.bareByteCount else {
                buffer.truncate(to: start)
                isTruncated = true
                break
            }
            if count == 0 { questionName = question.name }
            count += 1
        }
        buffer.replace(at: CountPlace.questions, bigEndian: count)
    }

    /// Writes the records that fit, and the extensions in any case, if need be without options.
    mutating func append(
        _ answers: [ResourceRecord], _ authorities: [ResourceRecord],
        _ additionals: [ResourceRecord], extensions: ExtensionOptions?, code: ResponseCode,
        limit: Int
    ) {
        var extensions = extensions
        if let options = extensions, buffer.count + options.byteCount > limit {
            extensions?.options = []
        }
        let recordLimit = limit - (extensions?.byteCount ?? 0)
        var additionalCount: UInt16 = 0
        if append(answers, countedAt: CountPlace.answers, limit: recordLimit),
            append(authorities, countedAt: CountPlace.authorities, limit: recordLimit)
        {
            additionalCount = appendFitting(additionals, limit: recordLimit)
        } else {
            isTruncated = true
        }
        if let extensions {
            append(extensions, code: code)
            additionalCount += 1
        }
        buffer.replace(at: CountPlace.additionals, bigEndian: additionalCount)
    }

    /// Whether all records of a section fitted.
    private mutating func append(
        _ records: [ResourceRecord], countedAt place: Int, limit: Int
    ) -> Bool {
        if records.isEmpty { return true }
        let count = appendFitting(records, limit: limit)
        buffer.replace(at: place, bigEndian: count)
        return count == records.count
    }

    /// Writes the first records of a section, as many as fit, and says how many.
    private mutating func appendFitting(_ records: [ResourceRecord], limit: Int) -> UInt16 {
        var setStart = buffer.count
        var recordsBeforeSet = 0
        for index in records.indices {
            let start = buffer.count
            let startsSet =
                index == 0 || truncation == .records
                || !records[index].isOfSameSet(as: records[index - 1])
            if startsSet {
                setStart = start
                recordsBeforeSet = index
            }
            guard append(records[index]), buffer.count <= limit else {
                buffer.truncate(to: setStart)
                return UInt16(recordsBeforeSet)
            }
        }
        return UInt16(records.count)
    }
}
