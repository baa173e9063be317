package import Addressing
internal import CNetfilter
internal import Glibc

/// An address on an interface.
package struct InterfaceAddress: Hashable, Sendable {
    /// The address itself, with the bits after the prefix.
    package let address: IPAddress
    /// How many leading bits the addresses on the link share.
    package let prefixLength: Int
    /// The number of the interface that has it; see `NetworkInterface.index`.
    package let interfaceIndex: Int32
    /// Whether Sluice added it: such addresses carry `NetworkMark.protocolNumber` (IFA_PROTO,
    /// Linux 5.18).
    package let isOurs: Bool

    /// Makes the value; nothing is added to the host.
    package init(
        address: IPAddress, prefixLength: Int, interfaceIndex: Int32, isOurs: Bool
    ) {
        self.address = address
        self.prefixLength = prefixLength
        self.interfaceIndex = interfaceIndex
        self.isOurs = isOurs
    }
}

/// How Sluice's addresses and routes are told from all others.
package enum NetworkMark {
    /// The "protocol" in the kernel's sense: who added an address or a route.
    ///
    /// `ip route` shows it as `proto 120`; iproute2 knows no routing daemon of this number.
    package static let protocolNumber: UInt8 = 120
}

extension InterfaceAddress {
    /// Asks for all addresses of the namespace.
    static var list: NetworkMessage {
        var message = NetworkMessage(
            kind: Int32(RTM_GETADDR), flags: NLM_F_DUMP, operation: .listAddresses)
        message.append(UInt32(0))
        message.append(UInt32(0))
        return message
    }

    /// Adds the address, marked as ours.
    ///
    /// An IPv6 address is usable at once (the balancer that held it may not answer any more, or
    /// not be gone yet, and duplicate detection would wait for it) and is never chosen as a source
    /// for the host's own connections (RFC 4862: deprecated), so that health checks and masqueraded
    /// packets keep the host's address. IPv4 never prefers a later address.
    ///
    /// After the seconds the kernel takes it off again; nil: never.
    func addition(on interface: NetworkInterface, forSeconds seconds: UInt32?) -> NetworkMessage {
        setting(
            NLM_F_CREATE | NLM_F_EXCL, .addAddress, seconds,
            subject: "\(address)/\(prefixLength) on \(interface.name)")
    }

    /// Gives the address another lifetime, counted from now; adds it if it is gone.
    func prolongation(forSeconds seconds: UInt32?) -> NetworkMessage {
        setting(
            NLM_F_REPLACE, .prolongAddress, seconds,
            subject: "\(address)/\(prefixLength) on interface \(interfaceIndex)")
    }

    private func setting(
        _ flags: Int32, _ operation: NetworkError.Operation, _ seconds: UInt32?, subject: String
    ) -> NetworkMessage {
        var message = change(Int32(RTM_NEWADDR), flags, operation, subject: subject)
        message.put(UInt16(IFA_PROTO), NetworkMark.protocolNumber)
        let validSeconds = seconds ?? UInt32.max
        // The kernel looks for the end of an IPv4 address only if it is preferred for a while.
        let preferredSeconds = address.family == .v6 ? 0 : validSeconds
        // `struct ifa_cacheinfo`; the two times at its end are the kernel's to write.
        let lifetimes = [preferredSeconds, validSeconds, 0, 0].flatMap(nativeBytes)
        message.put(UInt16(IFA_CACHEINFO), bytes: lifetimes)
        return message
    }

    /// Removes the address.
    var removal: NetworkMessage {
        change(
            Int32(RTM_DELADDR), 0, .removeAddress,
            subject: "\(address)/\(prefixLength) on interface \(interfaceIndex)")
    }

    /// Reads a `struct ifaddrmsg` with its attributes.
    init?(rtnetlink message: ArraySlice<UInt8>) {
        var local: IPAddress?
        var addressOrPeer: IPAddress?
        var protocolNumber: UInt8 = 0
        for (kind, value) in NetworkAttributes(message.dropFirst(8)) {
            switch kind {
            case UInt16(IFA_LOCAL): local = value.address
            case UInt16(IFA_ADDRESS): addressOrPeer = value.address
            case UInt16(IFA_PROTO): protocolNumber = value.first ?? 0
            default: break
            }
        }
        guard let address = local ?? addressOrPeer else { return nil }
        self.init(
            address: address, prefixLength: Int(message.dropFirst(1).first ?? 0),
            interfaceIndex: message.dropFirst(4).nativeNumber(),
            isOurs: protocolNumber == NetworkMark.protocolNumber)
    }

    private func change(
        _ kind: Int32, _ flags: Int32, _ operation: NetworkError.Operation, subject: String
    ) -> NetworkMessage {
        var message = NetworkMessage(
            kind: kind, flags: flags, operation: operation, subject: subject)
        message.append(address.family.socketFamily)
        message.append(UInt8(prefixLength))
        message.append(UInt8(address.family == .v6 ? IFA_F_NODAD : 0))
        message.append(UInt8(RT_SCOPE_UNIVERSE.rawValue))
        message.append(interfaceIndex)
        message.put(UInt16(IFA_LOCAL), bytes: address.bytes)
        message.put(UInt16(IFA_ADDRESS), bytes: address.bytes)
        return message
    }
}
