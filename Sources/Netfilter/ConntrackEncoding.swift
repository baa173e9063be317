internal import Addressing
internal import CNetfilter
internal import Glibc

/// Requests to ctnetlink (net/netfilter/nf_conntrack_netlink.c).
enum ConntrackMessage {
    /// `struct nfgenmsg`, which begins every request and answer.
    static let headerLength = 4

    /// Asks for the flows; the kernel leaves out those the filter excludes, as far as it can say
    /// so to the kernel.
    static func list(_ filter: FlowFilter, filtersInKernel: Bool) -> NetworkMessage {
        var message = begin(
            IPCTNL_MSG_CT_GET, flags: NLM_F_DUMP, family: filter.family, operation: .listFlows)
        if filtersInKernel { put(filter, into: &message) }
        return message
    }

    /// Deletes one flow.
    ///
    /// The kernel reads a deletion without a tuple as "all flows"; the identity keeps a later flow
    /// between the same ends alive.
    static func delete(_ flow: Flow) -> NetworkMessage {
        var message = begin(
            IPCTNL_MSG_CT_DELETE, flags: 0, family: flow.family, operation: .deleteFlows)
        putEnds(of: flow, into: &message)
        message.put(ConntrackAttribute.id, flow.id.bigEndian)
        return message
    }

    /// Asks for the flow between these ends, whichever it is now.
    static func find(_ flow: Flow) -> NetworkMessage {
        var message = begin(
            IPCTNL_MSG_CT_GET, flags: 0, family: flow.family, operation: .listFlows)
        putEnds(of: flow, into: &message)
        return message
    }

    /// Asks how many flows there are, and how many there may be.
    static func readCount() -> NetworkMessage {
        begin(IPCTNL_MSG_CT_GET_STATS, flags: 0, family: nil, operation: .readFlowCount)
    }

    private static func begin(
        _ kind: cntl_msg_types, flags: Int32, family: IPFamily?,
        operation: NetworkError.Operation
    ) -> NetworkMessage {
        var message = NetworkMessage(
            kind: NFNL_SUBSYS_CTNETLINK << 8 | Int32(kind.rawValue), flags: flags,
            operation: operation)
        message.append(family?.socketFamily ?? UInt8(AF_UNSPEC))
        message.append(UInt8(NFNETLINK_V0))
        message.append(UInt16(0))
        return message
    }

    private static func putEnds(of flow: Flow, into message: inout NetworkMessage) {
        message.nest(ConntrackAttribute.original) { tuple in
            put(flow.original, flow.transport, into: &tuple)
        }
        if flow.zone != 0 { message.put(ConntrackAttribute.zone, flow.zone.bigEndian) }
    }

    private static func put(
        _ direction: FlowDirection, _ transport: TransportProtocol,
        into tuple: inout NetworkMessage
    ) {
        tuple.nest(ConntrackTuple.addresses) { addresses in
            addresses.put(direction.source.sourceAttribute, bytes: direction.source.bytes)
            addresses.put(
                direction.destination.destinationAttribute, bytes: direction.destination.bytes)
        }
        tuple.nest(ConntrackTuple.transport) { parts in
            parts.put(ConntrackTuple.number, transport.rawValue)
            parts.put(ConntrackTuple.sourcePort, direction.sourcePort.bigEndian)
            parts.put(ConntrackTuple.destinationPort, direction.destinationPort.bigEndian)
        }
    }
}

/// What a filter says, in the kernel's words (Linux 5.8: CTA_FILTER, 5.18: CTA_STATUS_MASK).
extension ConntrackMessage {
    private static func put(_ filter: FlowFilter, into message: inout NetworkMessage) {
        let original = put(
            ConntrackAttribute.original, transport: filter.transport,
            address: filter.frontend.map { ($0.address.destinationAttribute, $0.address) },
            addressFlag: ConntrackFilterFlag.destination,
            port: filter.frontend.map { (ConntrackTuple.destinationPort, $0.port) },
            portFlag: ConntrackFilterFlag.destinationPort, into: &message)
        let backendAddress = filter.backend?.address ?? filter.backendAddress
        let reply = put(
            ConntrackAttribute.reply, transport: filter.transport,
            address: backendAddress.map { ($0.sourceAttribute, $0) },
            addressFlag: ConntrackFilterFlag.source,
            port: filter.backend.map { (ConntrackTuple.sourcePort, $0.port) },
            portFlag: ConntrackFilterFlag.sourcePort, into: &message)
        if original | reply != 0 {
            message.nest(ConntrackAttribute.filter) { flags in
                flags.put(ConntrackAttribute.originalFlags, original)
                flags.put(ConntrackAttribute.replyFlags, reply)
            }
        }
        if filter.onlyUnanswered {
            message.put(ConntrackAttribute.status, UInt32(0))
            message.put(
                ConntrackAttribute.statusMask, FlowStatus.seenReply.rawValue.bigEndian)
        }
    }

    /// Puts the known parts of a tuple and gives the flags that say which; ports count only
    /// together with the transport.
    ///
    /// IPv6 addresses are kept back: the kernel (5.8 to 6.18 at least) reads the comparison's
    /// result the wrong way round and lists just the flows that differ (ctnetlink_filter_match_tuple).
    private static func put(
        _ attribute: UInt16, transport: TransportProtocol?,
        address: (attribute: UInt16, value: IPAddress)?, addressFlag: UInt32,
        port: (attribute: UInt16, value: Port)?, portFlag: UInt32,
        into message: inout NetworkMessage
    ) -> UInt32 {
        let address = address?.value.family == .v4 ? address : nil
        guard address != nil || transport != nil else { return 0 }
        var flags: UInt32 = 0
        message.nest(attribute) { tuple in
            if let address {
                flags |= addressFlag
                tuple.nest(ConntrackTuple.addresses) { addresses in
                    addresses.put(address.attribute, bytes: address.value.bytes)
                }
            }
            guard let transport else { return }
            flags |= ConntrackFilterFlag.transport
            tuple.nest(ConntrackTuple.transport) { parts in
                parts.put(ConntrackTuple.number, transport.rawValue)
                guard let port else { return }
                flags |= portFlag
                parts.put(port.attribute, port.value.rawValue.bigEndian)
            }
        }
        return flags
    }
}
