internal import Addressing
internal import CNetfilter

/// ctnetlink's attributes (linux/netfilter/nfnetlink_conntrack.h), named for what they hold.
enum ConntrackAttribute {
    static let original = UInt16(CTA_TUPLE_ORIG.rawValue)
    static let reply = UInt16(CTA_TUPLE_REPLY.rawValue)
    static let status = UInt16(CTA_STATUS.rawValue)
    static let statusMask = UInt16(CTA_STATUS_MASK.rawValue)
    static let id = UInt16(CTA_ID.rawValue)
    static let zone = UInt16(CTA_ZONE.rawValue)
    static let protocolState = UInt16(CTA_PROTOINFO.rawValue)
    static let tcpState = UInt16(CTA_PROTOINFO_TCP.rawValue)
    static let tcpStateNumber = UInt16(CTA_PROTOINFO_TCP_STATE.rawValue)
    static let filter = UInt16(CTA_FILTER.rawValue)
    static let originalFlags = UInt16(CTA_FILTER_ORIG_FLAGS.rawValue)
    static let replyFlags = UInt16(CTA_FILTER_REPLY_FLAGS.rawValue)
    static let flowCount = UInt16(CTA_STATS_GLOBAL_ENTRIES.rawValue)
    static let flowLimit = UInt16(CTA_STATS_GLOBAL_MAX_ENTRIES.rawValue)
}

/// The parts of one direction of a flow.
enum ConntrackTuple {
    static let addresses = UInt16(CTA_TUPLE_IP.rawValue)
    static let sourceV4 = UInt16(CTA_IP_V4_SRC.rawValue)
    static let destinationV4 = UInt16(CTA_IP_V4_DST.rawValue)
    static let sourceV6 = UInt16(CTA_IP_V6_SRC.rawValue)
    static let destinationV6 = UInt16(CTA_IP_V6_DST.rawValue)
    static let transport = UInt16(CTA_TUPLE_PROTO.rawValue)
    static let number = UInt16(CTA_PROTO_NUM.rawValue)
    static let sourcePort = UInt16(CTA_PROTO_SRC_PORT.rawValue)
    static let destinationPort = UInt16(CTA_PROTO_DST_PORT.rawValue)
}

/// Which parts of a tuple a listing is filtered by (CTA_FILTER_F_… in
/// net/netfilter/nf_internals.h, which is not among the exported headers).
enum ConntrackFilterFlag {
    static let source: UInt32 = 1 << 0
    static let destination: UInt32 = 1 << 1
    static let transport: UInt32 = 1 << 3
    static let sourcePort: UInt32 = 1 << 4
    static let destinationPort: UInt32 = 1 << 5
}

extension IPAddress {
    var sourceAttribute: UInt16 {
        family == .v4 ? ConntrackTuple.sourceV4 : ConntrackTuple.sourceV6
    }

    var destinationAttribute: UInt16 {
        family == .v4 ? ConntrackTuple.destinationV4 : ConntrackTuple.destinationV6
    }
}
