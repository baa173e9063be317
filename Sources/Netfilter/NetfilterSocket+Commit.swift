internal import CNetfilter
internal import Glibc
package import Ruleset

extension NetfilterSocket {
    /// Does all changes as one transaction, or none of them.
    ///
    /// - Parameters:
    ///   - changes: What to do, in an order in which each is legal.
    ///   - generation: The `generation()` that the changes start from, if the kernel shall refuse
    ///     them with `ERESTART` should anybody have changed any table since.
    /// - Throws: `NetfilterError`, of operation `.commit` with the change that the kernel refused
    ///   first, or of `.encode` with the one that cannot be written. Then nothing has changed.
    ///   `.receive` says that the kernel did not answer, so that the outcome is unknown.
    package mutating func commit(
        _ changes: [RulesetChange], ifGeneration generation: UInt32? = nil
    ) throws(NetfilterError) {
        guard !changes.isEmpty else { return }
        try transaction.write(changes, generation: generation)
        defer { transaction.removeAll() }
        try send()
        try receiveOutcome()
    }

    private borrowing func send() throws(NetfilterError) {
        let bytes = unsafe transaction.bytes
        // One batch is one socket buffer, of at most the send buffer's size less what the
        // kernel's bookkeeping takes.
        let room = Int32(clamping: bytes.count + 64 * 1024)
        do throws(NetfilterDescriptor.Failure) {
            if bytes.count > Self.ordinarySendBytes {
                try descriptor.call { Int(cnf_socket_set_buffers($0, room, 0)) }
            }
            try descriptor.call { unsafe Int(cnf_net_send($0, bytes.baseAddress, bytes.count)) }
        } catch {
            throw NetfilterError(.send, code: error.code)
        }
    }

    /// Bytes that the kernel's smallest default send buffer takes.
    private static var ordinarySendBytes: Int { 64 * 1024 }

    /// Reads the kernel's replies, all of which wait when `send` returns.
    ///
    /// The first refusal counts: the kernel tries every message of a refused batch, and later
    /// ones may fail because an earlier one did.
    private borrowing func receiveOutcome() throws(NetfilterError) {
        var refusal: NetfilterError?
        var isAcknowledged = false
        try receiveWaiting { reply in
            guard let outcome = reply.outcome else { return }
            if outcome.code != 0 {
                refusal = refusal ?? self.refusal(outcome, sequence: reply.sequence)
            } else if reply.sequence == transaction.acknowledgedSequence {
                isAcknowledged = true
            }
        }
        if let refusal { throw refusal }
        guard isAcknowledged else { throw NetfilterError(.receive, code: EPROTO) }
    }

    private borrowing func refusal(
        _ outcome: KernelReply.Outcome, sequence: UInt32
    ) -> NetfilterError {
        NetfilterError(
            .commit, code: outcome.code,
            changeIndex: transaction.changeIndex(ofSequence: sequence),
            elementIndex: outcome.offset.flatMap {
                transaction.elementIndex(ofSequence: sequence, offset: Int($0))
            })
    }

    /// Takes every datagram that waits.
    private borrowing func receiveWaiting(_ body: (KernelReply) -> Void) throws(NetfilterError) {
        try unsafe withDatagramBuffer { buffer throws(NetfilterError) in
            while true {
                let capacity = buffer.count
                let start = buffer.baseAddress
                let count: Int
                do throws(NetfilterDescriptor.Failure) {
                    count = try descriptor.call {
                        unsafe cnf_socket_receive_now($0, start, capacity)
                    }
                } catch {
                    // Refusals that found no room are lost; the first ones are there.
                    if error.code == ENOBUFS { continue }
                    if error.code == EAGAIN { return }
                    throw NetfilterError(.receive, code: error.code)
                }
                let datagram = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
                unsafe KernelReply.forEach(in: datagram) { body($0) }
            }
        }
    }
}
