import Addressing
import Forwarding
package import ServiceModel
package import ServiceTranslation

extension BalancerPlan {
    /// One target of a Service, with all that is known of it.
    package struct TargetView: Sendable {
        /// The node, its socket and transport.
        package let target: BalancerFrontends.Target
        /// Whether it takes traffic, and how much beside the others.
        package let standing: TargetStanding
        /// What people ordered.
        package let state: ServingState
        /// What decides about it.
        package let checks: [HealthCheck]
        /// True if it is ejected for its connections.
        package let isEjected: Bool
    }

    /// All targets of a Service on nodes that may take traffic, heeding what has just arrived.
    package func targets(
        of service: ServiceDefinition, _ standings: CheckStandings
    ) -> [TargetView] {
        var warnings: [String] = []
        let checked = reviewed(service, &warnings)
        var reader = StandingReader(standings)
        let judgement = reader.judgement(of: checked)
        return checked.targets.all.enumerated().map { index, target in
            TargetView(
                target: target, standing: judgement.standings[index], state: checked.states[index],
                checks: checked.checks[index], isEjected: judgement.ejected.contains(index))
        }
    }

    /// Whether there is such a node, and such a Service if one is named.
    package func knows(_ place: NodeOrder.Place) -> Bool {
        snapshot.nodes[place.node] != nil
            && place.service.map { name in
                balancedServices.contains { "\($0.identity)" == name }
            } ?? true
    }

    /// All Services of type LoadBalancer, in order of their names.
    package var balancedServices: [ServiceDefinition] {
        snapshot.services.values.filter { $0.isLoadBalancer && $0.isProxied }
            .sorted { $0.identity < $1.identity }
    }
}

/// How many targets of a Service are how.
package struct TargetTally: Hashable, Sendable {
    /// They take traffic.
    package private(set) var serving = 0
    /// A check speaks against them.
    package private(set) var failing = 0
    /// They are drained, in maintenance, or have no endpoint.
    package private(set) var withheld = 0

    /// Whether there is any target: a Service of another type has none.
    var isOfAny: Bool { serving + failing + withheld > 0 }

    init(_ standings: [TargetStanding]) {
        for standing in standings {
            switch standing {
            case .serving: serving += 1
            case .failing: failing += 1
            case .withheld: withheld += 1
            }
        }
    }
}
