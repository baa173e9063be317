import Addressing
import HealthChecking
import ServiceTranslation

/// Says what the checks make of targets, for a whole step: a node's death looks at every node of
/// every Service, of which it changes one.
struct StandingReader {
    /// What all checks say.
    let standings: CheckStandings
    /// Where anything is said at all: nothing has to be looked up for the others.
    private let addresses: Set<IPAddress>

    init(_ standings: CheckStandings) {
        self.standings = standings
        var addresses = Set(standings.unhealthy.lazy.map(\.socket.address))
        addresses.formUnion(standings.weights.keys.lazy.map(\.socket.address))
        addresses.formUnion(standings.warmth.keys.lazy.map(\.socket.address))
        self.addresses = addresses
    }

    /// Whether a target takes traffic, and how much beside the others; ejections apart.
    func standing(of target: BalancerPlan.CheckedTarget) -> TargetStanding {
        guard target.state == .ready else { return .withheld }
        guard addresses.contains(target.target.socket.address) else {
            return .serving(weight: CheckStandings.warmthSteps)
        }
        let checks = target.checks
        if checks.contains(where: standings.unhealthy.contains) { return .failing }
        let weight = checks.lazy.compactMap { standings.weights[$0] }.first ?? 1
        guard weight > 0 else { return .withheld }
        let warmth = checks.lazy.compactMap { standings.warmth[$0] }.min()
        return .serving(weight: weight * (warmth ?? CheckStandings.warmthSteps))
    }
}
