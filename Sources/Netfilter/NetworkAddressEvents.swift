internal import CNetfilter
internal import Glibc

/// Tells that addresses of a host have come or gone (the kernel's rtnetlink groups).
package struct AddressEvents: ~Copyable, Sendable {
    private let descriptor: NetworkDescriptor
    private var buffer = [UInt8](repeating: 0, count: 8_192)

    /// Listens from now on, in the namespace that `ip netns` calls so or in the calling thread's.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        descriptor = try Self.open(namespace)
    }

    /// Whether any has come or gone since this was last asked; does not wait.
    package mutating func haveCome() throws(NetworkError) -> Bool {
        var haveCome = false
        while try receive() { haveCome = true }
        return haveCome
    }

    /// Takes one notice from the socket; false if there is none.
    ///
    /// Notices that were lost for want of room say that there were some.
    private mutating func receive() throws(NetworkError) -> Bool {
        let failure = { NetworkError(operation: .listAddresses, code: $0, subject: "") }
        do throws(NetworkError) {
            try descriptor.call(failure: failure) { fd in
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    unsafe cnf_net_receive(fd, bytes.baseAddress, bytes.count)
                }
            }
            return true
        } catch {
            switch error.code {
            case EAGAIN: return false
            case EINTR, ENOBUFS: return true
            default: throw error
            }
        }
    }

    private static func open(_ namespace: String?) throws(NetworkError) -> NetworkDescriptor {
        let descriptor = try NetworkDescriptor(
            domain: AF_NETLINK,
            type: Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            protocolNumber: NETLINK_ROUTE, inNamespace: namespace)
        let failure = { NetworkError(operation: .listAddresses, code: $0, subject: "") }
        try descriptor.call(failure: failure) { fd in Int(cnf_net_connect_to_kernel(fd)) }
        for group in [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR] {
            try descriptor.call(failure: failure) { fd in
                Int(
                    cnf_net_set_option(
                        fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(group.rawValue)))
            }
        }
        return descriptor
    }
}
