import DNSMessage

/// A question with all that its answer depends on: what is asked upstream, what answers are kept
/// under, and what makes two askers wait for the same answer.
struct UpstreamQuestion: Hashable {
    /// What is asked.
    let question: Question
    /// Whether signatures are wanted (DO): they make another answer.
    let isDNSSECOK: Bool
    /// Whether unchecked data is wanted (CD): it may make another answer, even a good one of a
    /// bad one.
    let isCheckingDisabled: Bool

    /// The largest answer asked for in one datagram, in bytes: what passes every network unbroken
    /// (DNS flag day 2020).
    static let payloadSize: UInt16 = 1_232

    /// The message that asks it.
    ///
    /// - Parameters:
    ///   - id: what the answer is told by.
    ///   - hasExtensions: whether it says so with EDNS, which a few servers refuse.
    /// - Returns: the bytes as they go into a datagram.
    func message(id: UInt16, hasExtensions: Bool) -> [UInt8] {
        let header = MessageHeader(
            id: id, isRecursionDesired: true,
            // Says that the asker knows what AD in the answer means (RFC 6840 section 5.7).
            isAuthenticData: true, isCheckingDisabled: isCheckingDisabled)
        let extensions = ExtensionOptions(
            udpPayloadSize: Self.payloadSize, isDNSSECOK: isDNSSECOK)
        let message = Message(
            header: header, questions: [question], extensions: hasExtensions ? extensions : nil)
        // A question has at most 259 bytes.
        return message.bytes(limit: 512)
    }

    /// What it takes to keep beside its name's own place, in bytes.
    var byteCount: Int { question.name.wire.count }

    /// A number to share questions out by, the same for every spelling of a name; cheaper than
    /// the hash of the whole.
    var partition: UInt {
        var number = UInt(question.type.rawValue)
        for byte in question.name.wire {
            number = (number ^ UInt(byte | 0x20)) &* 0x100_0000_01b3
        }
        // The best mixed bits are the upper ones.
        return number >> 32
    }
}
