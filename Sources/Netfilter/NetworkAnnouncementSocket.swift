package import Addressing
internal import CNetfilter
internal import Glibc

/// Sends announcements out of the interfaces of one network namespace; needs CAP_NET_RAW.
package struct AnnouncementSocket: ~Copyable, Sendable {
    private let descriptor: NetworkDescriptor

    /// Opens a socket in the namespace that `ip netns` calls so, or in the calling thread's own.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        // Protocol 0 receives nothing.
        descriptor = try NetworkDescriptor(
            domain: AF_PACKET, type: Int32(SOCK_RAW.rawValue), protocolNumber: 0,
            inNamespace: namespace)
    }

    /// Tells the neighbours on the interface's link that the address is here.
    ///
    /// Frames get lost: callers repeat it a few times in the first seconds. Blocks only while the
    /// interface's queue is full.
    ///
    /// - Throws: `ENETDOWN` when the interface is down, `EADDRNOTAVAIL` when it has no hardware
    ///   address.
    package borrowing func announce(
        _ address: IPAddress, on interface: NetworkInterface
    ) throws(NetworkError) {
        let failure = { code in
            NetworkError(
                operation: .announce, code: code, subject: "\(address) on \(interface.name)")
        }
        guard let hardwareAddress = interface.hardwareAddress else {
            throw failure(EADDRNOTAVAIL)
        }
        let announcement = AddressAnnouncement(address: address, hardwareAddress: hardwareAddress)
        for frame in announcement.frames {
            try descriptor.call(failure: failure) { fd in
                unsafe frame.withUnsafeBytes { bytes in
                    unsafe cnf_net_send_frame(
                        fd, interface.index, bytes.baseAddress, bytes.count)
                }
            }
        }
    }
}
