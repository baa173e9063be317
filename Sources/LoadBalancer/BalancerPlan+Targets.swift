import Addressing
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
    }

    /// All targets of a Service on nodes that may take traffic.
    package func targets(
        of service: ServiceDefinition, _ standings: CheckStandings
    ) -> [TargetView] {
        let checks = assignment.checks(for: service)
        return frontends.targets(of: service, on: eligibleNodes).compactMap { target in
            nodesByName[target.node].map { node in
                let state = orders.state(of: node, for: service)
                let own = state == .maintenance ? [] : checks.checks(of: target)
                return TargetView(
                    target: target, standing: Self.standing(state, own, standings), state: state,
                    checks: own)
            }
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

    /// Translates a touched Service and says why targets of it are left out.
    mutating func translate(
        _ identity: ServiceIdentity, _ service: ServiceDefinition?, _ views: [TargetView],
        _ step: inout Step
    ) {
        let drained = views.filter { $0.state == .drain }.map {
            DrainingTarget(
                node: $0.target.node, socket: $0.target.socket, transport: $0.target.transport,
                deadline: orders.deadline(of: $0.target.node, for: identity))
        }
        let plane = service.map { dataPlane(of: $0) }
        // Nobody tracks what nodes answer by themselves, so there is no end to wait for.
        draining[identity] = drained.isEmpty || plane == .directReturn ? nil : drained
        step.tallies.append((identity, service.map { _ in TargetTally(views) }))
        guard let service else {
            failingOpen.remove(identity)
            dataPlanes[identity] = nil
            step.updates.append((identity, BalancedService()))
            return
        }
        let standings = Dictionary(
            views.map { ($0.target, $0.standing) }, uniquingKeysWith: { first, _ in first })
        // A node without an endpoint does not answer there either, and must stay out.
        let cannotTell = service.externalPolicy == .local && service.healthCheckNodePort == nil
        let translated = (cannotTell ? strictFrontends : frontends).translate(
            service, nodes: eligibleNodes, holdsRefusals: endpoints.exist(of: identity),
            by: plane ?? .masquerade
        ) { standings[$0] ?? .withheld }
        step.updates.append((identity, translated))
        for view in views { step.departures[view.target.socket] = view.departure }
        step.warnings += translated.problems.map(\.description)
        step.warnings += assignment.checks(for: service).warnings
        step.warnings += dataPlaneWarnings(of: service)
        noteDataPlane(of: service)
        if translated.failsOpen {
            if failingOpen.insert(identity).inserted {
                step.warnings.append(
                    "Service \(identity): less than \(rules.panicThreshold) % of its nodes are "
                        + "healthy; all are used")
            }
        } else {
            failingOpen.remove(identity)
        }
    }

    private static func standing(
        _ state: ServingState, _ checks: [HealthCheck], _ standings: CheckStandings
    ) -> TargetStanding {
        guard state == .ready else { return .withheld }
        if checks.contains(where: standings.unhealthy.contains) { return .failing }
        let weight =
            standings.weights.isEmpty
            ? 1 : checks.lazy.compactMap { standings.weights[$0] }.first ?? 1
        guard weight > 0 else { return .withheld }
        let warmth =
            standings.warmth.isEmpty
            ? nil : checks.lazy.compactMap { standings.warmth[$0] }.min()
        return .serving(weight: weight * (warmth ?? CheckStandings.warmthSteps))
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

    init(_ views: [BalancerPlan.TargetView]) {
        for view in views {
            switch view.standing {
            case .serving: serving += 1
            case .failing: failing += 1
            case .withheld: withheld += 1
            }
        }
    }
}

extension BalancerPlan.TargetView {
    /// What becomes of the target's connections when it leaves.
    fileprivate var departure: BalancerPlan.Departure? {
        switch state {
        case .drain: .drained
        case .maintenance: .down
        case .ready: standing == .failing ? .down : nil
        }
    }
}
