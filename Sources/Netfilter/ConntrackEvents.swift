internal import CNetfilter
internal import Glibc

/// Something that happened to a tracked connection, as the kernel told of it.
package struct FlowEvent: Hashable, Sendable {
    /// What happened.
    package enum Kind: Hashable, Sendable {
        /// Its first packet left the host.
        case began
        /// Its status or state is another than before.
        case changed
        /// The kernel forgot it: it ended, was refused, or timed out.
        case ended
        /// Somebody had it deleted.
        case deleted
    }

    /// What happened.
    package let kind: Kind
    /// The connection as it is now.
    package let flow: Flow
}

/// Hears of every connection that a network namespace tracks, of TCP, UDP and SCTP.
///
/// The kernel makes events, at some cost for each connection, while anybody listens
/// (`net.netfilter.nf_conntrack_events` 2, the default since Linux 5.19; with 0 it makes none), and
/// throws away what does not fit the receive buffer.
package struct ConntrackEventSocket: ~Copyable, Sendable {
    /// Bytes for what has not been read: some 10,000 events.
    private static let bufferBytes: Int32 = 8 << 20
    /// Datagrams that are read at a time, so that time passes for whoever waits.
    private static let datagramsAtOnce = 4_096

    private let descriptor: NetworkDescriptor
    private var buffer = [UInt8](repeating: 0, count: 16_384)

    /// Listens from now on, in the namespace that `ip netns` calls so or in the calling thread's.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        descriptor = try Self.open(namespace)
    }

    /// What happens within some milliseconds; nil if some was lost, because it came faster than
    /// it was read.
    package mutating func next(withinMilliseconds timeout: Int) throws(NetworkError) -> [FlowEvent]?
    {
        guard try call({ Int(cnf_net_wait($0, Int32(clamping: timeout))) }) > 0 else { return [] }
        var events: [FlowEvent] = []
        for _ in 0..<Self.datagramsAtOnce {
            do throws(NetworkError) {
                let length = try receive()
                events += FlowEvents(buffer.prefix(length))
            } catch {
                switch error.code {
                case EAGAIN: return events
                case EINTR: continue
                case ENOBUFS: return nil
                default: throw error
                }
            }
        }
        return events
    }

    private mutating func receive() throws(NetworkError) -> Int {
        try descriptor.call(failure: Self.failure) { fd in
            unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe cnf_net_receive(fd, bytes.baseAddress, bytes.count)
            }
        }
    }

    private borrowing func call(_ function: (Int32) -> Int) throws(NetworkError) -> Int {
        try descriptor.call(failure: Self.failure, function)
    }

    private static func failure(_ code: Int32) -> NetworkError {
        NetworkError(operation: .listFlows, code: code, subject: "")
    }

    private static func open(_ namespace: String?) throws(NetworkError) -> NetworkDescriptor {
        let descriptor = try NetworkDescriptor(
            domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            protocolNumber: NETLINK_NETFILTER, inNamespace: namespace)
        try descriptor.call(failure: failure) { Int(cnf_net_connect_to_kernel($0)) }
        try descriptor.call(failure: failure) { Int(cnf_socket_set_buffers($0, 0, bufferBytes)) }
        for group in [
            NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY,
        ] {
            try descriptor.call(failure: failure) { Int(cnf_net_join($0, Int32(group.rawValue))) }
        }
        return descriptor
    }
}

/// The events in one datagram.
private struct FlowEvents: Sequence, IteratorProtocol {
    private static let headerLength = 16
    private var rest: ArraySlice<UInt8>

    init(_ datagram: ArraySlice<UInt8>) { rest = datagram }

    /// The next event; what is none that is told is passed over.
    mutating func next() -> FlowEvent? {
        while true {
            let length = Int(rest.nativeNumber(UInt32.self))
            guard length >= Self.headerLength, length <= rest.count else { return nil }
            let message = rest.prefix(length)
            rest = rest.dropFirst((length + 3) & ~3)
            if let event = Self.event(in: message) { return event }
        }
    }

    private static func event(in message: ArraySlice<UInt8>) -> FlowEvent? {
        let kind = message.dropFirst(4).nativeNumber(UInt16.self)
        let flags = message.dropFirst(6).nativeNumber(UInt16.self)
        // The socket whose request it was; 0 if the kernel did it by itself.
        let author = message.dropFirst(12).nativeNumber(UInt32.self)
        guard kind >> 8 == UInt16(NFNL_SUBSYS_CTNETLINK),
            let flow = Flow(ctnetlink: message.dropFirst(headerLength))
        else { return nil }
        switch UInt32(kind & 0xff) {
        case IPCTNL_MSG_CT_NEW.rawValue:
            return FlowEvent(
                kind: flags & UInt16(NLM_F_CREATE) != 0 ? .began : .changed, flow: flow)
        case IPCTNL_MSG_CT_DELETE.rawValue:
            return FlowEvent(kind: author == 0 ? .ended : .deleted, flow: flow)
        default: return nil
        }
    }
}
