/// Why a message cannot be read, and where.
package struct MessageError: Error, Hashable, Sendable {
    /// What is wrong with a message.
    package enum Code: Hashable, Sendable {
        /// Fewer than the header's twelve bytes: there is nobody to answer.
        case noHeader
        /// The message ends in the middle of something.
        case tooShort
        /// A label begins with bits that have no meaning (neither `00` nor `11`).
        case badLabel
        /// A name of more than 255 bytes.
        case nameTooLong
        /// A pointer that does not lead back, or leads into the header.
        case badPointer
        /// More pointers in one name than any writer needs.
        case tooManyPointers
        /// A record whose data is not what its type and length say.
        case badData
        /// EDNS0's pseudo record twice, elsewhere than among the additional records, or with a name.
        case badExtensions
        /// A query that does not ask exactly one question.
        case questionCount
    }

    /// What is wrong.
    package let code: Code
    /// The byte of the message at which it was seen.
    package let offset: Int

    /// An error at a byte of a message.
    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// Whether the header could be read, so that the sender can be told FORMERR.
    package var isAnswerable: Bool { code != .noHeader }
}
