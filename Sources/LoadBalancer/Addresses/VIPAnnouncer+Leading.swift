import Addressing
import HostJournal
import LeaderElection
import Netfilter

extension VIPAnnouncer {
    /// Whether this host may hold addresses, at this very moment.
    func mayHold() throws(NetworkError) -> Bool {
        switch holding.condition {
        case .always: return true
        case .has(let leader):
            var socket = try RouteSocket(inNamespace: namespace)
            return try socket.addresses().contains { $0.address == leader }
        case .holds: return !isTermOver
        }
    }

    /// Whether addresses depend on a Lease that this host does not hold any more.
    var isTermOver: Bool {
        if case .holds = holding.condition { !term.lasts(at: .now) } else { false }
    }

    /// Whether it may turn out yet that an earlier process of this host holds the Lease.
    ///
    /// Its addresses live no longer than its term, so they may stay until that is known.
    var mayLeadStill: Bool {
        guard case .holds(let seat) = holding.condition else { return false }
        return !term.isDecided && .now < begun + seat.timing.renewDeadline
    }

    /// What the log names as the reason why this host leads, or does not.
    var leads: String? {
        switch holding.condition {
        case .always: nil
        case .has(let leader): "\(leader)"
        case .holds(let seat): "Lease \(seat.place)"
        }
    }

    /// How long the kernel is told to keep an address that is put somewhere now.
    nonisolated func lifetime() -> AddressLifetime {
        guard case .holds = holding.condition else { return .forEver }
        let now = ContinuousClock.now
        return term.window(at: now)?.addressSeconds(at: now).map { .seconds($0) } ?? .over
    }

    /// Has the kernel keep what this host holds for as long as the Lease lasts.
    ///
    /// Without that the kernel takes the addresses off, whatever became of this process.
    /// - Returns: false if one of them is gone already.
    func prolong(_ held: Set<IPAddress>) async throws -> Bool {
        guard let name = holding.interface else { return true }
        let noted = await journal.records.addresses.filter { $0.interface == name }
        let ours = Set(noted.map(\.address))
        var socket = try RouteSocket(inNamespace: namespace)
        guard let place = try socket.interface(named: name) else { return true }
        let present = try socket.addresses().filter {
            $0.interfaceIndex == place.index && $0.isOurs && ours.contains($0.address)
        }
        for address in present {
            switch lifetime() {
            case .forEver: try socket.prolong(address, forSeconds: nil)
            case .seconds(let seconds): try socket.prolong(address, forSeconds: seconds)
            case .over: throw TermIsOver()
            }
        }
        return held.isSubset(of: present.map(\.address))
    }
}

/// What this host holds by a Lease is over, or nearly so.
struct TermIsOver: Error, CustomStringConvertible {
    var description: String { "the time for which the Lease was held is over" }
}
