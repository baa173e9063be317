import Forwarding
import Netfilter
import ServiceModel
import TableSync

/// What the balancer asks of whoever holds its tables: the kernel's writer, or memory.
protocol FrontendWriter: Sendable {
    /// How many Services have frontends.
    var serviceCount: Int { get async }
    /// Takes over what is there and changes only what differs from these entries.
    func start(
        _ services: [ServiceIdentity: [ForwardingEntry]], surroundings: Surroundings
    ) async throws(NetfilterError) -> WriteReport
    /// Takes the backends that these updates leave out away from new connections, at once; to be
    /// followed by `write` of the same updates.
    func withdraw(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) async throws(NetfilterError) -> WriteReport
    /// Writes the new entries of some Services as one transaction.
    func write(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) async throws(NetfilterError) -> WriteReport
    /// Lets clients with affinity go whose backend is gone; returns how many there were.
    func sweepAffinity(isLast: Bool) async throws(NetfilterError) -> Int
    /// Whether clients may have to be looked through: `sweepAffinity` is to be called.
    var awaitsAffinitySweep: Bool { get async }
    /// Removes chains that no frontend needs any more.
    func sweepIdleChains() async throws(NetfilterError) -> WriteReport
    /// Repairs what somebody else changed; nil if there was no need to compare.
    func compare(always: Bool) async throws(NetfilterError) -> KernelComparison?
}

extension ForwardingWriter: FrontendWriter {}
