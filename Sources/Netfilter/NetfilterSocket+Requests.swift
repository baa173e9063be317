internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Questions to the kernel, and its answers.
extension NetfilterSocket {
    /// Bytes of the longest question: a header and two names of at most 255 bytes.
    static let requestBytes = 1024

    /// Asks for one thing, or for those that the question names, and calls with each; throws
    /// `ENOENT` if one is not there.
    mutating func get(
        _ type: nf_tables_msg_types, family: UInt16, questionBytes: Int = requestBytes,
        fill: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in },
        _ body: (KernelReply) throws(NetfilterError) -> Void
    ) throws(NetfilterError) {
        // The acknowledgement follows the answer and ends it, like the end of a listing.
        try unsafe ask(
            type, flags: NLM_F_ACK, family: family, bytes: questionBytes, fill: fill)
        try receiveUntilEnd(body)
    }

    /// Asks for all things of a kind, and calls with each.
    ///
    /// `isInterrupted` is set if the ruleset changed meanwhile, so that the listing may be wrong.
    /// If the task is cancelled, nothing more is made of the answer, and `ECANCELED` thrown.
    mutating func list(
        _ type: nf_tables_msg_types, family: UInt16,
        fill: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in },
        _ body: (KernelReply) throws(NetfilterError) -> Void
    ) throws(NetfilterError) {
        try unsafe ask(
            type, flags: NLM_F_DUMP, family: family, bytes: Self.requestBytes, fill: fill)
        // The socket may own tables, so it is not closed: the kernel's answer is taken to its end.
        try receiveUntilEnd { reply throws(NetfilterError) in
            guard !Task.isCancelled else { throw NetfilterError(.read, code: ECANCELED) }
            try body(reply)
        }
    }

    private mutating func ask(
        _ type: nf_tables_msg_types, flags: Int32, family: UInt16, bytes: Int,
        fill: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) throws(NetfilterError) {
        lastSequence = lastSequence == .max ? Transaction.greatestSequence : lastSequence + 1
        let sequence = lastSequence
        let kind = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(type.rawValue)
        let result = unsafe withUnsafeTemporaryAllocation(
            byteCount: bytes, alignment: 8
        ) { buffer -> Int32 in
            guard let start = buffer.baseAddress else { return ENOMEM }
            unsafe memset(start, 0, buffer.count)
            guard
                let header = unsafe nftnl_nlmsg_build_hdr(
                    start.assumingMemoryBound(to: CChar.self), kind, family, UInt16(flags),
                    sequence)
            else { return ENOMEM }
            unsafe fill(header)
            let count = unsafe Int(header.pointee.nlmsg_len)
            do throws(NetfilterDescriptor.Failure) {
                try descriptor.call { unsafe Int(cnf_net_send($0, start, count)) }
                return 0
            } catch {
                return error.code
            }
        }
        guard result == 0 else { throw NetfilterError(.send, code: result) }
    }

    /// Reads datagrams until the one that ends the answer to the last question.
    private mutating func receiveUntilEnd(
        _ body: (KernelReply) throws(NetfilterError) -> Void
    ) throws(NetfilterError) {
        let sequence = lastSequence
        var end: KernelReply.Outcome?
        var failure: NetfilterError?
        var wasInterrupted = false
        try unsafe withDatagramBuffer { buffer throws(NetfilterError) in
            while end == nil {
                let datagram = unsafe try receive(into: buffer)
                unsafe KernelReply.forEach(in: datagram) { reply in
                    // An earlier question may have been given up in the middle of its answer.
                    guard reply.sequence == sequence else { return }
                    if reply.isInterrupted { wasInterrupted = true }
                    if let outcome = reply.outcome {
                        end = end ?? outcome
                    } else if failure == nil {
                        // Also an answer that cannot be read is taken to its end: the socket
                        // could not ask again before.
                        do throws(NetfilterError) { try body(reply) } catch { failure = error }
                    }
                }
            }
        }
        if wasInterrupted { isInterrupted = true }
        if let failure { throw failure }
        if let end, end.code != 0 { throw NetfilterError(.read, code: end.code) }
    }

    private borrowing func receive(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(NetfilterError) -> UnsafeRawBufferPointer {
        let start = buffer.baseAddress
        let capacity = buffer.count
        while true {
            do throws(NetfilterDescriptor.Failure) {
                let count = try descriptor.call { unsafe cnf_net_receive($0, start, capacity) }
                guard count <= capacity else { throw NetfilterDescriptor.Failure(code: EMSGSIZE) }
                return unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
            } catch {
                // A signal came first; the answer is still to come.
                if error.code == EINTR { continue }
                throw NetfilterError(
                    .receive, code: error.code == EAGAIN ? ETIMEDOUT : error.code)
            }
        }
    }

    /// Appends a name to a question; one that is too long to be a name is left out, which the
    /// kernel refuses.
    static func put(
        _ name: String, as attribute: UInt32, to header: UnsafeMutablePointer<nlmsghdr>
    ) {
        _ = unsafe mnl_attr_put_strz_check(header, requestBytes, UInt16(attribute), name)
    }

    /// Calls with memory for one datagram.
    borrowing func withDatagramBuffer(
        _ body: (UnsafeMutableRawBufferPointer) throws(NetfilterError) -> Void
    ) throws(NetfilterError) {
        guard let memory = unsafe malloc(Self.datagramBytes) else {
            throw NetfilterError(.receive, code: ENOMEM)
        }
        defer { unsafe free(memory) }
        try unsafe body(
            UnsafeMutableRawBufferPointer(start: memory, count: Self.datagramBytes))
    }
}
