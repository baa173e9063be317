internal import CNetfilter
internal import Glibc
internal import Ruleset

/// The messages of one commit: a batch that the kernel takes as a whole or not at all.
struct Transaction: ~Copyable {
    /// Where a message's elements come from, so that a refused one can be named.
    private struct ElementRun {
        let sequence: UInt32
        let messageOffset: Int
        let firstElement: Int
        let attributesPerElement: Int
    }

    /// Sequence numbers of messages stay below this, those of questions above: an answer that
    /// comes late is never taken for an acknowledgement.
    static let greatestSequence: UInt32 = 1 << 31

    private var buffer: MessageBuffer
    private var sequence: UInt32
    /// The first sequence number of each change.
    private var firstSequences: [UInt32] = []
    private var elementRuns: [ElementRun] = []
    private var lastSetID: UInt32 = 0
    private var lastMessageOffset = 0

    /// Makes an empty transaction of at most so many bytes.
    init(maximumBytes: Int) throws(NetfilterError) {
        buffer = try MessageBuffer(maximumBytes: maximumBytes)
        sequence = 0
    }

    /// All messages as bytes to send.
    var bytes: UnsafeRawBufferPointer { unsafe buffer.bytes }

    /// The sequence number of the message that the kernel acknowledges.
    private(set) var acknowledgedSequence: UInt32 = 0

    /// Writes a whole batch.
    ///
    /// With `generation` the kernel refuses the batch with `ERESTART` if the ruleset has changed
    /// since it had that number.
    mutating func write(
        _ changes: [RulesetChange], generation: UInt32?
    ) throws(NetfilterError) {
        buffer.removeAll()
        firstSequences.removeAll(keepingCapacity: true)
        elementRuns.removeAll(keepingCapacity: true)
        lastSetID = 0
        if sequence > Self.greatestSequence / 2 { sequence = 0 }
        try boundary(UInt16(NFNL_MSG_BATCH_BEGIN), generation: generation)
        for (index, change) in changes.enumerated() {
            firstSequences.append(sequence)
            do throws(NetfilterError) {
                try append(change)
            } catch {
                // Too much in all is no change's own fault.
                guard error.code != E2BIG else { throw error }
                throw NetfilterError(
                    error.operation, code: error.code, changeIndex: index,
                    elementIndex: error.elementIndex)
            }
        }
        acknowledgeLastMessage()
        try boundary(UInt16(NFNL_MSG_BATCH_END), generation: nil)
    }

    /// Forgets the messages, and gives back the memory of a large batch.
    mutating func removeAll() { buffer.removeAll() }

    /// The number of a new set, by which later messages of the batch may name it.
    mutating func makeSetID() -> UInt32 {
        lastSetID += 1
        return lastSetID
    }

    /// Writes one message; `fill` appends its attributes.
    mutating func message(
        _ type: nf_tables_msg_types, flags: Int32 = 0, family: TableFamily,
        fill: (UnsafeMutablePointer<nlmsghdr>) throws(NetfilterError) -> Void
    ) throws(NetfilterError) {
        let start = unsafe try buffer.begin()
        let kind = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(type.rawValue)
        guard
            let header = unsafe nftnl_nlmsg_build_hdr(
                start.assumingMemoryBound(to: CChar.self), kind, family.protocolNumber,
                UInt16(flags), sequence)
        else { throw NetfilterError(.encode, code: ENOMEM) }
        try unsafe fill(header)
        lastMessageOffset = buffer.count
        unsafe buffer.end(length: header.pointee.nlmsg_len)
        sequence += 1
    }

    /// Notes that the next message holds the elements of a change from this one on.
    mutating func noteElements(from firstElement: Int, attributesPerElement: Int) {
        elementRuns.append(
            ElementRun(
                sequence: sequence, messageOffset: buffer.count, firstElement: firstElement,
                attributesPerElement: attributesPerElement))
    }

    /// Which change a message belongs to; nil for the ends of the batch.
    func changeIndex(ofSequence sequence: UInt32) -> Int? {
        var low = 0
        var high = firstSequences.count
        while low < high {
            let middle = (low + high) / 2
            if firstSequences[middle] <= sequence { low = middle + 1 } else { high = middle }
        }
        return low == 0 || sequence > acknowledgedSequence ? nil : low - 1
    }

    /// Which element of its change lies at an offset in a message; nil if none does.
    func elementIndex(ofSequence sequence: UInt32, offset: Int) -> Int? {
        guard let run = elementRuns.first(where: { $0.sequence == sequence }) else { return nil }
        guard let start = unsafe buffer.bytes.baseAddress else { return nil }
        let header = unsafe (start + run.messageOffset).assumingMemoryBound(to: nlmsghdr.self)
        let position = unsafe cnf_element_position(header, UInt32(offset))
        return position < 0 ? nil : run.firstElement + Int(position) / run.attributesPerElement
    }

    private mutating func boundary(
        _ type: UInt16, generation: UInt32?
    ) throws(NetfilterError) {
        let start = unsafe try buffer.begin()
        let text = unsafe start.assumingMemoryBound(to: CChar.self)
        let isBegin = type == UInt16(NFNL_MSG_BATCH_BEGIN)
        guard
            let header = unsafe isBegin
                ? nftnl_batch_begin(text, sequence) : nftnl_batch_end(text, sequence)
        else { throw NetfilterError(.encode, code: ENOMEM) }
        if let generation {
            unsafe mnl_attr_put_u32(header, UInt16(NFNL_BATCH_GENID.rawValue), generation.bigEndian)
        }
        unsafe buffer.end(length: header.pointee.nlmsg_len)
        sequence += 1
    }

    /// Asks for one acknowledgement in the whole batch.
    ///
    /// One a message would overrun the socket's receive buffer, and one on the batch's end is
    /// ignored by kernels before 6.10. Refusals are reported in any case.
    private mutating func acknowledgeLastMessage() {
        acknowledgedSequence = sequence &- 1
        let message = unsafe UnsafeMutableRawPointer(mutating: buffer.bytes.baseAddress)
        guard let header = unsafe message?.advanced(by: lastMessageOffset) else { return }
        unsafe header.assumingMemoryBound(to: nlmsghdr.self).pointee.nlmsg_flags |=
            UInt16(NLM_F_ACK)
    }
}
