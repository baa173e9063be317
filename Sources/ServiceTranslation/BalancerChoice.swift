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
    ///
    /// - Parameters:
    ///   - sockets: all targets.
    ///   - standings: what is known of each of them, in the same order.
    ///   - panicThreshold: in percent; 0 stands for never.
    package init(
        of sockets: [SocketEndpoint], _ standings: ArraySlice<TargetStanding>, panicThreshold: Int
    ) {
        var servingCount = 0
        var failingCount = 0
        var weights: (lightest: Int, heaviest: Int) = (.max, 0)
        for standing in standings {
            switch standing {
            case .serving(let weight):
                servingCount += 1
                weights = (min(weights.lightest, weight), max(weights.heaviest, weight))
            case .failing: failingCount += 1
            case .withheld: break
            }
        }
        let failsOpen =
            failingCount > 0
            && servingCount * 100 < panicThreshold * (servingCount + failingCount)
        self.failsOpen = failsOpen
        if failsOpen || weights.lightest >= weights.heaviest {
            slots = SteadySlots.slots(of: sockets) { index in
                switch standings[standings.startIndex + index] {
                case .serving(let weight): weight > 0 || failsOpen
                case .failing: failsOpen
                case .withheld: false
                }
            }
        } else {
            slots = WeightedSlots.slots(
                zip(sockets, standings).compactMap { socket, standing in
                    if case .serving(let weight) = standing { (socket, weight) } else { nil }
                })
        }
    }
}
