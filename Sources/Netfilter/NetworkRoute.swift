package import Addressing
internal import CNetfilter
internal import Glibc

/// A route for a service range, on hosts that have none: `DESTINATION dev INTERFACE scope link src
/// SOURCE proto 120`.
///
/// Without a route the kernel refuses to connect before the rules see a packet. The interface is
/// the one of the node's address: on `lo` a packet that was not translated would go in circles.
package struct ServiceRoute: Hashable, Sendable {
    /// The service range.
    package let destination: CIDRBlock
    /// The number of the interface that has the source address.
    package let interfaceIndex: Int32
    /// The node's address, which the node's own connections then come from.
    package let source: IPAddress

    /// Makes a route; fails when the source is of another family than the destination.
    package init?(destination: CIDRBlock, interfaceIndex: Int32, source: IPAddress) {
        guard destination.family == source.family else { return nil }
        self.destination = destination
        self.interfaceIndex = interfaceIndex
        self.source = source
    }
}

extension ServiceRoute: CustomStringConvertible {
    /// Such as `10.96.0.0/12 from 192.168.50.1`.
    package var description: String { "\(destination) from \(source)" }
}

extension ServiceRoute {
    /// Asks for the routes of this family that carry our mark.
    static func list(_ family: IPFamily) -> NetworkMessage {
        var message = NetworkMessage(
            kind: Int32(RTM_GETROUTE), flags: NLM_F_DUMP, operation: .listRoutes)
        message.appendRouteHeader(family, protocolNumber: NetworkMark.protocolNumber)
        return message
    }

    /// Adds the route.
    var addition: NetworkMessage {
        change(Int32(RTM_NEWROUTE), NLM_F_CREATE | NLM_F_EXCL, .addRoute)
    }

    /// Removes the route, and no other to the same destination.
    var removal: NetworkMessage {
        change(Int32(RTM_DELROUTE), 0, .removeRoute)
    }

    /// Reads a `struct rtmsg` with its attributes; nil for a route that is not of this kind.
    init?(rtnetlink message: ArraySlice<UInt8>) {
        let header = RouteHeader(message)
        var network: IPAddress?
        var source: IPAddress?
        var interfaceIndex: Int32?
        for (kind, value) in NetworkAttributes(message.dropFirst(RouteHeader.length)) {
            switch kind {
            case UInt16(RTA_DST.rawValue): network = value.address
            case UInt16(RTA_PREFSRC.rawValue): source = value.address
            case UInt16(RTA_OIF.rawValue): interfaceIndex = value.nativeNumber()
            default: break
            }
        }
        guard header.protocolNumber == NetworkMark.protocolNumber, let network, let source,
            let interfaceIndex,
            let destination = CIDRBlock(network, prefixLength: header.prefixLength)
        else { return nil }
        self.init(destination: destination, interfaceIndex: interfaceIndex, source: source)
    }

    private func change(
        _ kind: Int32, _ flags: Int32, _ operation: NetworkError.Operation
    ) -> NetworkMessage {
        var message = NetworkMessage(
            kind: kind, flags: flags, operation: operation, subject: "\(self)")
        // IPv6 has no scopes of routes.
        let scope = destination.family == .v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
        message.appendRouteHeader(
            destination.family, prefixLength: destination.prefixLength,
            table: UInt8(RT_TABLE_MAIN.rawValue), protocolNumber: NetworkMark.protocolNumber,
            scope: UInt8(scope.rawValue), kind: UInt8(RTN_UNICAST))
        message.put(UInt16(RTA_DST.rawValue), bytes: destination.network.bytes)
        message.put(UInt16(RTA_PREFSRC.rawValue), bytes: source.bytes)
        message.put(UInt16(RTA_OIF.rawValue), interfaceIndex)
        return message
    }
}

/// How the kernel would send to an address.
enum RouteLookup {
    /// Asks for the route to one address.
    static func request(_ destination: IPAddress) -> NetworkMessage {
        var message = NetworkMessage(
            kind: Int32(RTM_GETROUTE), flags: 0, operation: .findRoute, subject: "\(destination)")
        message.appendRouteHeader(
            destination.family, prefixLength: destination.family.addressBits)
        message.put(UInt16(RTA_DST.rawValue), bytes: destination.bytes)
        return message
    }
}

/// The parts of a `struct rtmsg` that are read.
struct RouteHeader {
    let prefixLength: Int
    let protocolNumber: UInt8
    /// Where packets go: to the host itself (RTN_LOCAL), out (RTN_UNICAST), or nowhere.
    let kind: UInt8

    static let length = 12

    init(_ message: ArraySlice<UInt8>) {
        self.prefixLength = Int(message.dropFirst(1).nativeNumber(UInt8.self))
        self.protocolNumber = message.dropFirst(5).nativeNumber()
        self.kind = message.dropFirst(7).nativeNumber()
    }
}

extension NetworkMessage {
    fileprivate mutating func appendRouteHeader(
        _ family: IPFamily, prefixLength: Int = 0, table: UInt8 = 0, protocolNumber: UInt8 = 0,
        scope: UInt8 = 0, kind: UInt8 = 0
    ) {
        append(family.socketFamily)
        append(UInt8(prefixLength))
        append(UInt16(0))  // no source prefix, no type of service
        for field in [table, protocolNumber, scope, kind] { append(field) }
        append(UInt32(0))
    }
}
