package import Addressing
internal import CNetfilter
internal import Glibc

/// Interfaces, addresses and routes of one network namespace (rtnetlink).
///
/// Every call blocks until the kernel has answered, which takes microseconds unless the host has a
/// very long routing table.
package struct RouteSocket: ~Copyable, Sendable {
    private var socket: NetworkSocket

    /// Opens a socket in the namespace that `ip netns` calls so, or in the calling thread's own.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        socket = try NetworkSocket(
            protocolNumber: NETLINK_ROUTE, inNamespace: namespace, strictListings: true)
    }

    /// All interfaces.
    package mutating func interfaces() throws(NetworkError) -> [NetworkInterface] {
        try socket.exchange(NetworkInterface.list) { NetworkInterface(rtnetlink: $0) }
    }

    /// The interface of this name, if there is one.
    package mutating func interface(named name: String) throws(NetworkError) -> NetworkInterface? {
        try interfaces().first { $0.name == name }
    }

    /// All addresses of all interfaces.
    package mutating func addresses() throws(NetworkError) -> [InterfaceAddress] {
        try socket.exchange(InterfaceAddress.list) { InterfaceAddress(rtnetlink: $0) }
    }

    /// Adds an address for which others will send to this host, such as a VIP, marked as ours.
    ///
    /// Without a prefix length only the address itself is on the link. False means that the
    /// interface has the address already, whoever added it. The kernel finishes an IPv6 address
    /// in a work queue: `isLocal` may say no for some milliseconds more. With a number of seconds
    /// it takes the address off after them, up to `addressLateness` late.
    package mutating func addAddress(
        _ address: IPAddress, prefixLength: Int? = nil, to interface: NetworkInterface,
        forSeconds seconds: UInt32? = nil
    ) throws(NetworkError) -> Bool {
        let added = InterfaceAddress(
            address: address, prefixLength: prefixLength ?? address.family.addressBits,
            interfaceIndex: interface.index, isOurs: true)
        return try perform(
            added.addition(on: interface, forSeconds: seconds), unless: EEXIST)
    }

    /// How much longer than told the kernel may keep an address whose time is over.
    ///
    /// It looks at most once a second and rounds by up to a quarter of one (net/ipv4/devinet.c,
    /// net/ipv6/addrconf.c: ADDRCONF_TIMER_FUZZ).
    package static var addressLateness: Duration { .milliseconds(1_250) }

    /// Has the kernel keep an address of ours for this time from now on; nil: for ever.
    package mutating func prolong(
        _ address: InterfaceAddress, forSeconds seconds: UInt32?
    ) throws(NetworkError) {
        try socket.perform(address.prolongation(forSeconds: seconds))
    }

    /// Removes an address; false means that the interface does not have it.
    package mutating func removeAddress(_ address: InterfaceAddress) throws(NetworkError) -> Bool {
        try perform(address.removal, unless: EADDRNOTAVAIL)
    }

    /// Whether packets to the address are for this host.
    package mutating func isLocal(_ address: IPAddress) throws(NetworkError) -> Bool {
        try routeKind(to: address) == UInt8(RTN_LOCAL)
    }

    /// Whether the host has a way to send to the address, be it itself.
    ///
    /// A route that discards (`blackhole`, `unreachable`, `prohibit`, `throw`) is none.
    package mutating func hasRoute(to address: IPAddress) throws(NetworkError) -> Bool {
        guard let kind = try routeKind(to: address) else { return false }
        return ![RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW].contains(Int(kind))
    }

    /// The routes of both families that Sluice added, in this life or an earlier one.
    package mutating func serviceRoutes() throws(NetworkError) -> [ServiceRoute] {
        var routes: [ServiceRoute] = []
        for family in IPFamily.allCases {
            routes += try socket.exchange(ServiceRoute.list(family)) { ServiceRoute(rtnetlink: $0) }
        }
        return routes
    }

    /// Adds a route; false means that there is one to the same destination already.
    package mutating func addRoute(_ route: ServiceRoute) throws(NetworkError) -> Bool {
        try perform(route.addition, unless: EEXIST)
    }

    /// Removes a route; false means that it is not there.
    package mutating func removeRoute(_ route: ServiceRoute) throws(NetworkError) -> Bool {
        try perform(route.removal, unless: ESRCH)
    }

    /// The kind of the route to the address (RTN_…), or nil when the kernel has none.
    private mutating func routeKind(to address: IPAddress) throws(NetworkError) -> UInt8? {
        do throws(NetworkError) {
            let routes = try socket.exchange(RouteLookup.request(address)) { RouteHeader($0) }
            return routes.first?.kind
        } catch {
            // IPv4 tells of a route that discards by the error it gives to senders.
            guard [ENETUNREACH, EHOSTUNREACH, EINVAL, EACCES].contains(error.code) else {
                throw error
            }
            return nil
        }
    }

    /// Makes a change; false when it is refused because things are already so.
    private mutating func perform(
        _ change: NetworkMessage, unless code: Int32
    ) throws(NetworkError) -> Bool {
        do throws(NetworkError) {
            try socket.perform(change)
            return true
        } catch {
            guard error.code == code else { throw error }
            return false
        }
    }
}
