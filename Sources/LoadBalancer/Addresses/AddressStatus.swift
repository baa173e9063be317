import Addressing
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

    init(_ address: IPAddress, state: String, claimant: String? = nil) {
        self.address = address.description
        self.state = state
        self.claimant = claimant
    }
}

extension VIPAnnouncer {
    /// How it is with all addresses of Services, some of which are to be held.
    func statuses(of all: Set<IPAddress>, wanted: Set<IPAddress>) -> [AddressStatus] {
        all.sorted().map { address in
            if !wanted.contains(address) { return AddressStatus(address, state: "withdrawn") }
            if holding.place == .nowhere { return AddressStatus(address, state: "unmanaged") }
            if held.contains(address) { return AddressStatus(address, state: "held") }
            if let claimant = claimants[address] {
                return AddressStatus(
                    address, state: "elsewhere", claimant: claimant.description)
            }
            return AddressStatus(address, state: isLeading ? "waiting" : "standby")
        }
    }
}
