package import Addressing
import Forwarding

/// What the checks, and people, say about a node as a target of one nodePort.
package enum TargetStanding: Hashable, Sendable {
    /// Takes traffic: so much beside the others.
    case serving(weight: Int)
    /// A check speaks against it: it takes traffic only when too few others are left.
    case failing
    /// Takes no new connection in any case: it is drained, or has no endpoint of the Service.
    case withheld
}

/// The targets that a frontend's traffic is spread over.
package struct BalancerChoice: Hashable, Sendable {
    /// One backend a slot; a heavier one has several.
    package let slots: [SocketEndpoint]
    /// True if targets are used although checks speak against them.
    package let failsOpen: Bool

    /// Chooses among targets.
    ///
    /// When less than `panicThreshold` percent of the targets that could serve are well, the
    /// checks are more likely to be wrong than the nodes (a fleet of proxies that restarts while
    /// the API is away answers 503 and forwards all the same), or the few that are left would not
    /// bear the load: then all are used alike. Targets that are withheld do not count.
    package init(
        of targets: [(socket: SocketEndpoint, standing: TargetStanding)], panicThreshold: Int
    ) {
        var serving: [(backend: SocketEndpoint, weight: Int)] = []
        var failing: [SocketEndpoint] = []
        for target in targets {
            switch target.standing {
            case .serving(let weight): serving.append((target.socket, weight))
            case .failing: failing.append(target.socket)
            case .withheld: break
            }
        }
        let count = serving.count + failing.count
        failsOpen = !failing.isEmpty && serving.count * 100 < panicThreshold * count
        let lightest = serving.map(\.weight).min() ?? 0
        if failsOpen || serving.allSatisfy({ $0.weight == lightest }) {
            let failsOpen = failsOpen
            slots = SteadySlots.slots(of: targets.map(\.socket)) { index in
                switch targets[index].standing {
                case .serving(let weight): weight > 0 || failsOpen
                case .failing: failsOpen
                case .withheld: false
                }
            }
        } else {
            slots = WeightedSlots.slots(serving)
        }
    }
}
