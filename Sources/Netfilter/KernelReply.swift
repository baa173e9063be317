internal import CNetfilter
internal import Glibc

/// One message of a datagram that the kernel sent; good only while the datagram's memory is.
@safe
struct KernelReply {
    /// How a request ended.
    struct Outcome {
        /// 0, or an errno.
        let code: Int32
        /// The byte of the request that the kernel names, counted from the message's header.
        let offset: UInt32?
    }

    private let header: UnsafePointer<nlmsghdr>

    /// The message's header, for libnftnl to parse.
    var message: UnsafePointer<nlmsghdr> { unsafe header }

    /// The number of the request that the message answers.
    var sequence: UInt32 { unsafe header.pointee.nlmsg_seq }

    /// The netlink socket that what is told came through; 0 for the kernel's answers.
    var portID: UInt32 { unsafe header.pointee.nlmsg_pid }

    /// True if the ruleset changed while it was listed.
    var isInterrupted: Bool {
        unsafe header.pointee.nlmsg_flags & UInt16(NLM_F_DUMP_INTR) != 0
    }

    /// The nf_tables message type; nil for a message of netlink itself.
    var type: UInt32? {
        let kind = unsafe header.pointee.nlmsg_type
        guard kind >> 8 == UInt16(NFNL_SUBSYS_NFTABLES) else { return nil }
        return UInt32(kind & 0xff)
    }

    /// How the request ended; nil if the message carries data.
    var outcome: Outcome? {
        switch Int32(unsafe header.pointee.nlmsg_type) {
        case NLMSG_ERROR, NLMSG_DONE:
            guard unsafe mnl_nlmsg_get_payload_len(header) >= 4 else {
                return Outcome(code: EBADMSG, offset: nil)
            }
            let code = unsafe mnl_nlmsg_get_payload(header).load(as: Int32.self)
            return Outcome(code: -code, offset: offendingOffset)
        case NLMSG_OVERRUN: return Outcome(code: ENOBUFS, offset: nil)
        default: return nil
        }
    }

    private var offendingOffset: UInt32? {
        let offset = unsafe cnf_reply_offset(header)
        return offset < 0 ? nil : UInt32(offset)
    }

    /// Goes through the messages of a datagram.
    static func forEach<Failure: Error>(
        in datagram: UnsafeRawBufferPointer, _ body: (KernelReply) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = Int32(clamping: datagram.count)
        guard let start = datagram.baseAddress else { return }
        var next: UnsafePointer<nlmsghdr>? = unsafe start.assumingMemoryBound(to: nlmsghdr.self)
        while let header = unsafe next, unsafe mnl_nlmsg_ok(header, rest) {
            try unsafe body(KernelReply(header: header))
            unsafe next = unsafe UnsafePointer(mnl_nlmsg_next(header, &rest))
        }
    }
}
