package import DNSMessage

/// What a zone has to say to a question.
package enum ZoneAnswer: Hashable, Sendable {
    /// The name is not of this zone: somebody else knows.
    case outside
    /// The zone's own, final word.
    case answer(Answer)

    /// The parts of a message that answers a question.
    package struct Answer: Hashable, Sendable {
        /// Whether the name exists, or why nobody can say.
        package var responseCode: ResponseCode
        /// What was asked for, behind the aliases that lead to it.
        package var answers: [ResourceRecord]
        /// The start of the zone, if there was nothing to answer.
        package var authorities: [ResourceRecord]
        /// The addresses of hosts that are named in the answers.
        package var additionals: [ResourceRecord]
        /// The name outside the zone at which the aliases end: others have the rest of the answer.
        package var unresolvedAlias: DomainName?

        /// An answer of these parts.
        package init(
            responseCode: ResponseCode = .noError, answers: [ResourceRecord] = [],
            authorities: [ResourceRecord] = [], additionals: [ResourceRecord] = [],
            unresolvedAlias: DomainName? = nil
        ) {
            self.responseCode = responseCode
            self.answers = answers
            self.authorities = authorities
            self.additionals = additionals
            self.unresolvedAlias = unresolvedAlias
        }
    }
}
