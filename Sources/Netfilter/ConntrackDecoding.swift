internal import Addressing
internal import CNetfilter

extension Flow {
    /// Reads what ctnetlink says about a flow; nil for transports without ports and for what is
    /// not complete.
    init?(ctnetlink message: ArraySlice<UInt8>) {
        var original: FlowTuple?
        var reply: FlowTuple?
        var status = FlowStatus()
        var tcpState: TCPState?
        var id: UInt32 = 0
        var zone: UInt16 = 0
        for (kind, value) in NetworkAttributes(message.dropFirst(ConntrackMessage.headerLength)) {
            switch kind {
            case ConntrackAttribute.original: original = FlowTuple(ctnetlink: value)
            case ConntrackAttribute.reply: reply = FlowTuple(ctnetlink: value)
            case ConntrackAttribute.status: status = FlowStatus(rawValue: value.networkNumber())
            case ConntrackAttribute.protocolState: tcpState = TCPState(ctnetlink: value)
            case ConntrackAttribute.id: id = value.networkNumber()
            case ConntrackAttribute.zone: zone = value.networkNumber()
            default: break
            }
        }
        guard let original, let reply else { return nil }
        self.init(
            transport: original.transport, original: original.direction, reply: reply.direction,
            status: status, tcpState: original.transport == .tcp ? tcpState : nil, id: id,
            zone: zone)
    }
}

/// One direction of a flow with its transport, as ctnetlink nests them.
private struct FlowTuple {
    var transport: TransportProtocol
    var direction: FlowDirection

    init?(ctnetlink tuple: ArraySlice<UInt8>) {
        var source: IPAddress?
        var destination: IPAddress?
        var transport: TransportProtocol?
        var sourcePort: UInt16 = 0
        var destinationPort: UInt16 = 0
        for (part, content) in NetworkAttributes(tuple) {
            for (kind, value) in NetworkAttributes(content) {
                switch (part, kind) {
                case (ConntrackTuple.addresses, ConntrackTuple.sourceV4),
                    (ConntrackTuple.addresses, ConntrackTuple.sourceV6):
                    source = value.address
                case (ConntrackTuple.addresses, ConntrackTuple.destinationV4),
                    (ConntrackTuple.addresses, ConntrackTuple.destinationV6):
                    destination = value.address
                case (ConntrackTuple.transport, ConntrackTuple.number):
                    transport = TransportProtocol(rawValue: value.first ?? 0)
                case (ConntrackTuple.transport, ConntrackTuple.sourcePort):
                    sourcePort = value.networkNumber()
                case (ConntrackTuple.transport, ConntrackTuple.destinationPort):
                    destinationPort = value.networkNumber()
                default: break
                }
            }
        }
        guard let source, let destination, let transport else { return nil }
        self.transport = transport
        self.direction = FlowDirection(
            source: source, sourcePort: sourcePort, destination: destination,
            destinationPort: destinationPort)
    }
}

extension TCPState {
    fileprivate init?(ctnetlink protocolState: ArraySlice<UInt8>) {
        for (_, content) in NetworkAttributes(protocolState).filter({ kind, _ in
            kind == ConntrackAttribute.tcpState
        }) {
            for (kind, value) in NetworkAttributes(content)
            where kind == ConntrackAttribute.tcpStateNumber {
                self.init(rawValue: value.first ?? 0)
                return
            }
        }
        return nil
    }
}
