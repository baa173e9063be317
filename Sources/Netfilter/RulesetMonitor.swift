internal import CNetfilter
internal import Glibc
package import Ruleset

/// Somebody's transaction on the ruleset, as the kernel told of it afterwards.
package struct RulesetEdit: Hashable, Sendable {
    /// The ruleset's generation that it made.
    package let generation: UInt32
    /// Which tables of ours or others' it touched.
    package let tables: Set<TableID>
    /// The thread that sent it, by the number that processes outside any namespace see.
    package let processID: Int32?
    /// The name of that thread, at most 15 bytes: `nft`.
    package let processName: String?
    /// The netlink socket that it came through: `NetfilterSocket.portID`.
    package let portID: UInt32
}

/// Hears of every transaction on the rulesets of one network namespace.
///
/// The kernel tells of each object of a transaction, at the cost of whoever commits, and throws
/// away what does not fit the receive buffer.
package struct RulesetMonitor: ~Copyable {
    /// Bytes for what has not been read; a transaction with 10,000 elements takes about 3 MB.
    private static let bufferBytes: Int32 = 8 << 20

    private let descriptor: NetfilterDescriptor
    private var tables: Set<TableID> = []

    /// Starts to listen, in the namespace that `ip netns` calls so or in the calling thread's own.
    package init(inNamespace namespace: String? = nil) throws(NetfilterError) {
        descriptor = try Self.open(inNamespace: namespace)
    }

    private static func open(
        inNamespace namespace: String?
    ) throws(NetfilterError) -> NetfilterDescriptor {
        do throws(NetfilterDescriptor.Failure) {
            let descriptor = try NetfilterDescriptor(inNamespace: namespace)
            try descriptor.call { Int(cnf_net_connect_to_kernel($0)) }
            try descriptor.call { Int(cnf_socket_set_buffers($0, 0, bufferBytes)) }
            try descriptor.call { Int(cnf_net_join($0, Int32(NFNLGRP_NFTABLES.rawValue))) }
            return descriptor
        } catch {
            throw NetfilterError(.open, code: error.code)
        }
    }

    /// The transactions that are told of within some milliseconds; nil if some were lost, because
    /// they came faster than they were read.
    package mutating func next(
        withinMilliseconds timeout: Int
    ) throws(NetfilterError) -> [RulesetEdit]? {
        var edits: [RulesetEdit] = []
        do throws(NetfilterDescriptor.Failure) {
            guard try descriptor.call({ Int(cnf_net_wait($0, Int32(clamping: timeout))) }) > 0
            else { return [] }
        } catch {
            throw NetfilterError(.receive, code: error.code)
        }
        guard let memory = unsafe malloc(NetfilterSocket.datagramBytes) else {
            throw NetfilterError(.receive, code: ENOMEM)
        }
        defer { unsafe free(memory) }
        while true {
            let count: Int
            do throws(NetfilterDescriptor.Failure) {
                count = try descriptor.call {
                    unsafe cnf_socket_receive_now($0, memory, NetfilterSocket.datagramBytes)
                }
            } catch {
                if error.code == EAGAIN { return edits }
                if error.code == EINTR { continue }
                tables = []
                if error.code == ENOBUFS { return nil }
                throw NetfilterError(.receive, code: error.code)
            }
            unsafe KernelReply.forEach(in: UnsafeRawBufferPointer(start: memory, count: count)) {
                if let edit = take($0) { edits.append(edit) }
            }
        }
    }

    /// Takes a message; gives the transaction that it ends.
    private mutating func take(_ message: KernelReply) -> RulesetEdit? {
        var notice = unsafe cnf_notice()
        guard message.type != nil, unsafe cnf_notice_get(message.message, &notice) >= 0 else {
            return nil
        }
        if let text = unsafe notice.table {
            let name = unsafe String(cString: text)
            if let family = unsafe TableFamily(protocolNumber: notice.family, tableName: name) {
                tables.insert(TableID(family, name))
            }
        }
        guard unsafe notice.generation >= 0 else { return nil }
        defer { tables = [] }
        return unsafe RulesetEdit(
            generation: UInt32(notice.generation), tables: tables,
            processID: Int32(exactly: notice.process_id).flatMap { $0 > 0 ? $0 : nil },
            processName: notice.process_name.map { unsafe String(cString: $0) },
            portID: message.portID)
    }
}

extension NetfilterSocket {
    /// The number by which the kernel knows this socket, in what it tells others of its commits.
    package var portID: UInt32 {
        get throws(NetfilterError) {
            do throws(NetfilterDescriptor.Failure) {
                return UInt32(try descriptor.call { Int(cnf_net_port_id($0)) })
            } catch {
                throw NetfilterError(.open, code: error.code)
            }
        }
    }
}
