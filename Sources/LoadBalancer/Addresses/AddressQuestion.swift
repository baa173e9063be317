import Addressing
import Netfilter

/// Asks the neighbours of an interface which of some addresses they have.
struct AddressQuestion {
    /// How often it is asked: two frames in a row may be lost (RFC 5227: PROBE_NUM).
    private static let rounds = 3
    /// How long an answer may take until it is asked again.
    ///
    /// RFC 5227 waits a second, for links that come up while they are asked; here clients wait.
    private static let patience = Duration.milliseconds(200)

    /// What is asked for.
    let addresses: Set<IPAddress>
    /// The hardware address of the interface.
    let own: HardwareAddress
    let place: NetworkInterface
    let namespace: String?

    /// Whom the addresses belong to that are not free; takes as long for many as for one.
    func claimants() async throws -> [IPAddress: HardwareAddress] {
        var socket = try ProbeSocket(on: place, inNamespace: namespace)
        var claimants: [IPAddress: HardwareAddress] = [:]
        for _ in 0..<Self.rounds {
            for address in addresses where claimants[address] == nil { try socket.ask(address) }
            try await Task.sleep(for: Self.patience)
            for claim in try socket.takeClaims()
            where addresses.contains(claim.address) && claim.speaksAgainst(own) {
                claimants[claim.address] = claim.hardwareAddress
            }
        }
        return claimants
    }
}
