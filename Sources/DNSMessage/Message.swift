/// A whole message (RFC 1035 section 4.1).
///
/// The extensions' pseudo record is in `extensions` and never among the additional records.
package struct Message: Hashable, Sendable {
    /// What the message is.
    package var header: MessageHeader
    /// What is asked: one question, in every message that is in use.
    package var questions: [Question]
    /// What answers the question.
    package var answers: [ResourceRecord]
    /// Who would know, or for how long the "no" holds.
    package var authorities: [ResourceRecord]
    /// What will be asked next.
    package var additionals: [ResourceRecord]
    /// EDNS0, if the sender knows it.
    package var extensions: ExtensionOptions?

    /// A message of these parts.
    package init(
        header: MessageHeader, questions: [Question] = [], answers: [ResourceRecord] = [],
        authorities: [ResourceRecord] = [], additionals: [ResourceRecord] = [],
        extensions: ExtensionOptions? = nil
    ) {
        self.header = header
        self.questions = questions
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
        self.extensions = extensions
    }
}
