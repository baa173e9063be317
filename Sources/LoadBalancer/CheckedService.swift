import Addressing
import Forwarding
import ServiceModel
import ServiceTranslation

/// A Service of the balancer with all that follows from it, from the nodes and from people's
/// orders.
///
/// A change of mind about a node leaves it as it is, so a node's death, which all Services may take
/// part in, costs each of them as little as can be.
struct CheckedService: Sendable {
    /// What it was made from.
    let service: ServiceDefinition
    /// The Service's addresses that the balancer answers for.
    let addresses: [IPAddress]
    /// All nodes at all of the Service's nodePorts.
    let targets: BalancerTargets
    /// What people ordered, target by target.
    let states: [ServingState]
    /// What decides about each target.
    ///
    /// Services with the same checks share them in memory, by which they are found to be the same.
    let checks: [[HealthCheck]]
    /// How packets get to the nodes.
    let dataPlane: DataPlane
    /// The bounds within which it takes connections.
    let protection: Protection
    /// Whether it has an endpoint anywhere; without, all nodes refuse, and rightly.
    let hasEndpoints: Bool
    /// How many endpoints each target has by what the API says, until the node tells it itself;
    /// nil where nobody asks for it.
    let expectedWeights: [Int]?
    /// Whether nodes may be ejected for their connections.
    let ejects: Bool

    /// Whether a node that a check speaks against stays out whatever becomes of the others: one
    /// without an endpoint cannot be told from a dead one, and does not answer there either.
    var isStrict: Bool {
        service.externalPolicy == .local && service.healthCheckNodePort == nil
    }

    /// Whether whatever checks say makes the same of both Services' targets.
    func isJudged(like other: CheckedService) -> Bool {
        checks == other.checks && states == other.states
            && expectedWeights == other.expectedWeights
    }

    /// The targets that are drained.
    func draining(by orders: NodeOrders) -> [DrainingTarget] {
        // Nobody tracks what nodes answer by themselves, so there is no end to wait for.
        guard dataPlane != .directReturn else { return [] }
        return zip(targets.all, states).filter { $0.1 == .drain }.map { target, _ in
            DrainingTarget(
                node: target.node, socket: target.socket, transport: target.transport,
                deadline: orders.deadline(of: target.node, for: service.identity))
        }
    }
}

/// What is known of a Service's targets at one moment.
struct Judgement {
    /// Whether each takes traffic, and how much beside the others.
    private(set) var standings: [TargetStanding]
    /// Those that are out for their connections alone.
    private(set) var ejected: Set<Int> = []
    /// Those that are drained, and down beside that.
    private let drainedDown: Set<Int>

    init(_ standings: [TargetStanding], drainedDown: Set<Int> = []) {
        self.standings = standings
        self.drainedDown = drainedDown
    }

    /// Takes the ejected out, unless nobody else of their nodePort serves: an ejection is a guess,
    /// and never makes a Service refuse.
    mutating func eject(_ sockets: Set<SocketEndpoint>, from targets: BalancerTargets) {
        let suspects = targets.all.indices.filter {
            targets.all[$0].transport == .tcp && standings[$0].isServing
                && sockets.contains(targets.all[$0].socket)
        }
        for place in targets.ranges {
            let going = suspects.filter(place.contains)
            let serving = standings[place].count(where: \.isServing)
            guard going.count < serving else { continue }
            for index in going {
                standings[index] = .failing
                ejected.insert(index)
            }
        }
    }

    /// Why a target leaves, where it matters to its connections.
    func departure(of index: Int, ordered state: ServingState) -> BalancerPlan.Departure? {
        switch state {
        case .drain: drainedDown.contains(index) ? .down : .drained
        case .maintenance: .down
        // What is ejected may well go on with the connections that it has.
        case .ready: standings[index] == .failing && !ejected.contains(index) ? .down : nil
        }
    }
}

extension TargetStanding {
    /// Whether the target is well and takes traffic.
    var isServing: Bool {
        if case .serving = self { true } else { false }
    }
}
