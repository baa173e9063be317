internal import CNetfilter
internal import Glibc

/// A conversation with the kernel about rulesets: commits changes, reads tables back.
///
/// Every call blocks until the kernel has answered, so use it on a thread of its own
/// (`BlockingExecutor`). A socket belongs to the network namespace that it was opened in.
///
/// Tables with the `owner` flag belong to the socket that committed their `createTable`: while it
/// lives only it can change them. When it goes, tables that are also `persist` stay as orphans
/// that anybody may change, with only the flag `persist`; committing `createTable` with both
/// flags claims such a table again, and everything in it stays. A table that was made without
/// flags cannot be claimed (`EOPNOTSUPP`): delete it and make it anew in the same commit. A table
/// that a living socket owns cannot be taken from it (`EPERM`). Anybody may read.
package struct NetfilterSocket: ~Copyable {
    /// The most seconds to wait for the kernel's next datagram.
    static let receiveTimeoutSeconds: Int32 = 30
    /// Bytes of a buffer that any datagram of the kernel fits into: it makes them of at most
    /// 32 KiB (kernel: `netlink_dump`), and one message more.
    static let datagramBytes = 128 * 1024
    /// Bytes for waiting replies: a refused batch may bring one refusal for each of its messages.
    private static let replyBytes: Int32 = 4 << 20

    let descriptor: NetfilterDescriptor
    var transaction: Transaction
    /// True if somebody committed while something was listed.
    var isInterrupted = false
    /// The generation that is to last as long as something is read consistently.
    var steadyGeneration: UInt32?
    var lastSequence = Transaction.greatestSequence

    /// Opens a socket.
    ///
    /// - Parameters:
    ///   - namespace: The name of a network namespace, as `ip netns add` makes them; nil for that
    ///     of the calling thread.
    ///   - maximumBatchBytes: The most bytes of one transaction. About 100 bytes an element are
    ///     needed, so the default, which is the most that the kernel can take, holds ten million.
    /// - Throws: `NetfilterError` of operation `.open`: `ENOENT` if there is no such namespace,
    ///   `EPERM` if the process may not enter it.
    package init(
        inNamespace namespace: String? = nil, maximumBatchBytes: Int = 1 << 30
    ) throws(NetfilterError) {
        let descriptor = try Self.openDescriptor(inNamespace: namespace)
        let transaction = try Transaction(maximumBytes: maximumBatchBytes)
        self.descriptor = descriptor
        self.transaction = transaction
    }

    private static func openDescriptor(
        inNamespace namespace: String?
    ) throws(NetfilterError) -> NetfilterDescriptor {
        do throws(NetfilterDescriptor.Failure) {
            let descriptor = try NetfilterDescriptor(inNamespace: namespace)
            try descriptor.call { Int(cnf_net_connect_to_kernel($0)) }
            // Acknowledgements without a copy of the message, refusals with the place in it.
            for option in [NETLINK_CAP_ACK, NETLINK_EXT_ACK] {
                try descriptor.call { Int(cnf_net_set_option($0, SOL_NETLINK, option, 1)) }
            }
            try descriptor.call { Int(cnf_net_set_receive_timeout($0, receiveTimeoutSeconds)) }
            try descriptor.call { Int(cnf_socket_set_buffers($0, 0, replyBytes)) }
            return descriptor
        } catch {
            throw NetfilterError(.open, code: error.code)
        }
    }
}
