import Netfilter

/// Whether an address or a route is on the host, and whose it is.
enum Presence: Hashable, Sendable {
    case missing
    /// It bears our mark (`proto 120`), which outlives the process that set it.
    case ours
    case foreign
}

/// What the journal asks of the host: to look, and to change one thing.
protocol HostNetwork: Sendable {
    /// A value that differs after each start of the kernel.
    func bootID() throws(NetworkError) -> String
    func sysctl(_ name: String) throws(NetworkError) -> String
    func setSysctl(_ name: String, to value: String) throws(NetworkError)
    /// Missing also when the interface is gone.
    func presence(of address: AddressRecord) throws(NetworkError) -> Presence
    /// The same of many.
    func presences(of addresses: [AddressRecord]) throws(NetworkError) -> [AddressRecord: Presence]
    /// False when somebody else's is in the place; after the seconds the host takes it off by
    /// itself.
    func add(_ address: AddressRecord, forSeconds: UInt32?) throws(NetworkError) -> Bool
    /// Removes the address if it bears our mark.
    func remove(_ address: AddressRecord) throws(NetworkError)
    /// Missing also when the interface is gone.
    func presence(of route: RouteRecord) throws(NetworkError) -> Presence
    /// False when somebody else's is in the place.
    func add(_ route: RouteRecord) throws(NetworkError) -> Bool
    /// Removes the route if it bears our mark.
    func remove(_ route: RouteRecord) throws(NetworkError)
}
