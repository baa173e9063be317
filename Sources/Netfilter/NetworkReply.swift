internal import CNetfilter
internal import Glibc

/// One message of what the kernel answered.
struct NetworkReply {
    /// What a message says: something, or that this was all.
    enum Content {
        case data(ArraySlice<UInt8>)
        /// The request is finished: 0, or the errno it was refused with.
        case end(Int32)
    }

    let sequence: UInt32
    /// Whether something changed while it was listed, so that the listing may miss entries.
    let isInterrupted: Bool
    let content: Content

    fileprivate init(kind: Int32, flags: Int32, sequence: UInt32, body: ArraySlice<UInt8>) {
        self.sequence = sequence
        self.isInterrupted = flags & NLM_F_DUMP_INTR != 0
        switch kind {
        // Both carry a negative errno; a kernel that has none to tell may leave it out of DONE.
        case NLMSG_ERROR, NLMSG_DONE: content = .end(0 &- body.nativeNumber(Int32.self))
        default: content = .data(body)
        }
    }
}

/// The messages of one datagram from the kernel.
struct NetworkReplies: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ datagram: ArraySlice<UInt8>) {
        self.rest = datagram
    }

    /// The next message; what is too short to be one ends the datagram.
    mutating func next() -> NetworkReply? {
        let length = Int(rest.nativeNumber(UInt32.self))
        guard length >= Self.headerLength, length <= rest.count else { return nil }
        let header = rest.dropFirst(4)
        let reply = NetworkReply(
            kind: Int32(header.nativeNumber(UInt16.self)),
            flags: Int32(header.dropFirst(2).nativeNumber(UInt16.self)),
            sequence: header.dropFirst(4).nativeNumber(UInt32.self),
            body: rest.prefix(length).dropFirst(Self.headerLength))
        rest = rest.dropFirst(aligned(length))
        return reply
    }

    private static let headerLength = 16
}

/// The attributes in a message, or in one of its attributes.
struct NetworkAttributes: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.rest = bytes
    }

    /// The next attribute; what is too short to be one ends the sequence.
    mutating func next() -> (kind: UInt16, value: ArraySlice<UInt8>)? {
        let length = Int(rest.nativeNumber(UInt16.self))
        guard length >= 4, length <= rest.count else { return nil }
        let kind = rest.dropFirst(2).nativeNumber(UInt16.self)
        let value = rest.prefix(length).dropFirst(4)
        rest = rest.dropFirst(aligned(length))
        // Nesting and byte order are flagged in the highest bits.
        return (kind & ~(UInt16(3) << 14), value)
    }
}

private func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
