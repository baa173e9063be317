import DNSMessage

/// Takes from a server's message what answers the question, and nothing else.
///
/// A server may say whatever it likes of any name. What is told on are the aliases that lead from
/// the name asked for, the records at their end, and the SOA of a zone that the end is in: nothing
/// in a message can say something of a name that was not asked for.
struct AnswerScreening {
    /// Aliases followed from one name; more are a mistake, or a circle with many names.
    static let maximumAliases = 16

    private let asked: UpstreamQuestion
    private let limits: CacheLimits
    private var name: DomainName
    private var answers: [ResourceRecord] = []

    /// - Parameters:
    ///   - message: what the server sent.
    ///   - question: what it was asked.
    ///   - limits: how long answers are fresh at most.
    /// - Returns: what the message says.
    /// - Throws: why it is no answer.
    static func screen(
        _ message: Message, for question: UpstreamQuestion, limits: CacheLimits
    ) throws(ExchangeFailure) -> UpstreamAnswer {
        let code = message.header.responseCode
        guard code == .noError || code == .nameError else { throw .responseCode(code) }
        var screening = AnswerScreening(
            asked: question, limits: limits, name: question.question.name)
        return try screening.screen(message)
    }

    private init(asked: UpstreamQuestion, limits: CacheLimits, name: DomainName) {
        self.asked = asked
        self.limits = limits
        self.name = name
    }

    private mutating func screen(_ message: Message) throws(ExchangeFailure) -> UpstreamAnswer {
        var aliasCount = 0
        while true {
            if keepRecords(ofEndIn: message.answers) {
                guard message.header.responseCode == .noError else { throw .contradictory }
                return positive(message)
            }
            guard followAlias(in: message.answers) else { return try negative(message) }
            aliasCount += 1
            guard aliasCount <= Self.maximumAliases else { throw .contradictory }
        }
    }

    /// Keeps the records asked for, if the name has them.
    private mutating func keepRecords(ofEndIn records: [ResourceRecord]) -> Bool {
        let set = recordSet(of: asked.question.type, in: records)
        guard !set.isEmpty else { return false }
        answers += set
        return true
    }

    /// Goes on at the name that the present one stands for, if it is an alias.
    private mutating func followAlias(in records: [ResourceRecord]) -> Bool {
        guard asked.question.type != .cname else { return false }
        let set = recordSet(of: .cname, in: records)
        guard let alias = set.first, case .cname(let target) = alias.data else { return false }
        // Of a whole domain's alias the others follow, and a client may check that.
        answers += records.filter { record in
            record.class == asked.question.class && name.isWithin(record.name)
                && name != record.name && record.covers(.wholeDomainAlias, signed: wantsProofs)
        }.timesBounded(by: limits.positiveSeconds)
        // A name stands for one other name; what a broken server adds to that is left out.
        answers += set.filter { record in record == alias || record.type == .signature }
        name = target
        return true
    }

    /// The set of one type that the present name has, with its signatures if they are wanted.
    private func recordSet(
        of type: RecordType, in records: [ResourceRecord]
    ) -> [ResourceRecord] {
        let set = records.filter { record in
            record.class == asked.question.class && record.covers(type, signed: wantsProofs)
                && record.name == name
        }
        guard set.contains(where: { record in record.type == type }) else { return [] }
        return set.timesBounded(by: limits.positiveSeconds)
    }

    private var wantsProofs: Bool { asked.isDNSSECOK }

    private func positive(_ message: Message) -> UpstreamAnswer {
        UpstreamAnswer(
            responseCode: .noError, isAuthenticData: message.header.isAuthenticData,
            answers: answers,
            authorities: proofs(in: message).timesBounded(by: limits.positiveSeconds),
            freshSeconds: answers.lowestTimeToLive ?? 0)
    }

    private func negative(_ message: Message) throws(ExchangeFailure) -> UpstreamAnswer {
        let header = message.header
        let start = message.authorities.first { record in
            record.type == .soa && record.class == asked.question.class
                && name.isWithin(record.name)
        }
        guard let start, case .soa(let authority) = start.data else {
            // A server that knows nothing, asks nobody and points elsewhere has not said "no".
            if header.responseCode == .noError, !header.isRecursionAvailable,
                !header.isAuthoritative
            {
                throw .notRecursive
            }
            // Without an SOA nobody said how long the "no" holds (RFC 2308 section 5).
            return UpstreamAnswer(
                responseCode: header.responseCode, isAuthenticData: header.isAuthenticData,
                answers: answers, freshSeconds: 0)
        }
        // Like a time to live, it is nothing beyond 2^31 (RFC 2181 section 8).
        let minimum = authority.minimum > Int32.max ? 0 : authority.minimum
        let seconds = min(minimum, limits.negativeSeconds)
        let authorities = ([start] + proofs(in: message)).timesBounded(by: seconds)
        return UpstreamAnswer(
            responseCode: header.responseCode, isAuthenticData: header.isAuthenticData,
            answers: answers, authorities: authorities,
            freshSeconds: (answers + authorities.prefix(1)).lowestTimeToLive ?? 0)
    }

    /// The records that prove a "no" or a wildcard, which only the asker can check.
    private func proofs(in message: Message) -> [ResourceRecord] {
        guard wantsProofs else { return [] }
        return message.authorities.filter { record in
            record.class == asked.question.class
                && (record.covers(.denial, signed: true)
                    || record.covers(.hashedDenial, signed: true)
                    || record.type == .signature && record.covers(.soa, signed: true))
        }
    }
}
