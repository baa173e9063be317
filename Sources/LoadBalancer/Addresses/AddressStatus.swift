import Addressing
import FoundationEssentials
import Netfilter

/// How it is with one address of Services, for people and for programs.
package struct AddressStatus: Codable, Hashable, Sendable {
    /// The address itself.
    package let address: String
    /// `held` (packets for it come here), `withdrawn` (no Service has a node to send to),
    /// `standby` (another host leads), `elsewhere` (a neighbour has it), `waiting` (not held yet)
    /// or `unmanaged` (somebody else sees to it).
    package let state: String
    /// The hardware address of the neighbour that has it.
    package let claimant: String?
    /// Since when it is held, or is not, for example `2026-01-31T12:00:00Z`.
    package private(set) var since: String?

    init(_ address: IPAddress, state: String, claimant: String? = nil) {
        self.address = address.description
        self.state = state
        self.claimant = claimant
    }

    /// The same, so since then.
    fileprivate func since(_ date: Date?) -> AddressStatus {
        var status = self
        status.since = date?.formatted(.iso8601)
        return status
    }
}

extension VIPAnnouncer {
    /// How it is with all addresses of Services, some of which are to be held.
    func statuses(of all: Set<IPAddress>, wanted: Set<IPAddress>) -> [AddressStatus] {
        all.sorted().map { address in
            status(of: address, isWanted: wanted.contains(address)).since(history.since(address))
        }
    }

    private func status(of address: IPAddress, isWanted: Bool) -> AddressStatus {
        if !isWanted { return AddressStatus(address, state: "withdrawn") }
        if holding.place == .nowhere { return AddressStatus(address, state: "unmanaged") }
        if held.contains(address) { return AddressStatus(address, state: "held") }
        if let claimant = claimants[address] {
            return AddressStatus(address, state: "elsewhere", claimant: claimant.description)
        }
        return AddressStatus(address, state: isLeading ? "waiting" : "standby")
    }
}
