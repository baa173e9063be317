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
        package fileprivate(set) var standing: TargetStanding
        /// What people ordered.
        package let state: ServingState
        /// What decides about it.
        package let checks: [HealthCheck]
        /// True if it is ejected for its connections.
        package fileprivate(set) var isEjected = false
    }

    /// All targets of a Service on nodes that may take traffic.
    package func targets(
        of service: ServiceDefinition, _ standings: CheckStandings
    ) -> [TargetView] {
        let checks = assignment.checks(for: service)
        let views = frontends.targets(of: service, on: eligibleNodes).compactMap { target in
            nodesByName[target.node].map { node in
                let state = orders.state(of: node, for: service)
                let own = state == .maintenance ? [] : checks.checks(of: target)
                return TargetView(
                    target: target, standing: Self.standing(state, own, standings), state: state,
                    checks: own)
            }
        }
        return standings.ejected.isEmpty ? views : Self.eject(standings.ejected, from: views)
    }

    /// Takes the ejected out, unless nobody else of their nodePort serves: an ejection is a guess,
    /// and never makes a Service refuse.
    private static func eject(
        _ ejected: Set<SocketEndpoint>, from views: [TargetView]
    ) -> [TargetView] {
        struct Place: Hashable {
            let port: Port
            let transport: TransportProtocol
            let family: IPFamily
        }
        func place(_ view: TargetView) -> Place {
            let target = view.target
            return Place(
                port: target.socket.port, transport: target.transport,
                family: target.socket.address.family)
        }
        func isEjected(_ view: TargetView) -> Bool {
            view.target.transport == .tcp && ejected.contains(view.target.socket)
        }
        let served = Set(views.filter { $0.standing.isServing && !isEjected($0) }.map(place))
        return views.map { view in
            guard isEjected(view), view.standing.isServing, served.contains(place(view)) else {
                return view
            }
            var view = view
            view.isEjected = true
            view.standing = .failing
            return view
        }
    }

    /// The targets of a Service whose connections are to be observed, if it wants that.
    ///
    /// Not without an endpoint anywhere: then all nodes refuse, and rightly.
    private func observed(
        _ service: ServiceDefinition, _ views: [TargetView], _ step: inout Step
    ) -> [SocketEndpoint] {
        var isOn = rules.ejects
        switch service.notes["ejection"] {
        case nil: break
        case "on": isOn = true
        case "off": isOn = false
        case let text?:
            step.warnings.append(
                "Service \(service.identity), sluice.io/ejection: "
                    + "\(text.prefix(80).debugDescription) is not on or off; "
                    + "\(isOn ? "on" : "off") is used")
        }
        guard isOn, endpoints.exist(of: service.identity) else { return [] }
        return views.filter {
            $0.target.transport == .tcp && ($0.isEjected || $0.standing.isServing)
        }.map(\.target.socket)
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
            protections[identity] = nil
            step.observed.append((identity, []))
            note(nil, of: identity, [])
            dataPlanes[identity] = nil
            step.updates.append((identity, BalancedService()))
            return
        }
        let standings = Dictionary(
            views.map { ($0.target, $0.standing) }, uniquingKeysWith: { first, _ in first })
        // A node without an endpoint does not answer there either, and must stay out.
        let cannotTell = service.externalPolicy == .local && service.healthCheckNodePort == nil
        let bounds = ProtectionNotes(service, last: protections[identity] ?? Protection())
        protections[identity] = bounds.protection.isNone ? nil : bounds.protection
        let translated = (cannotTell ? strictFrontends : frontends).translate(
            service, nodes: eligibleNodes, holdsRefusals: endpoints.exist(of: identity),
            protection: bounds.protection, by: plane ?? .masquerade
        ) { standings[$0] ?? .withheld }
        step.updates.append((identity, translated))
        step.observed.append((identity, observed(service, views, &step)))
        note(translated, of: identity, views)
        for view in views { step.departures[view.target.socket] = view.departure }
        step.warnings += (translated.problems + bounds.problems).map(\.description)
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
        // What is ejected may well go on with the connections that it has.
        case .ready: standing == .failing && !isEjected ? .down : nil
        }
    }
}

extension TargetStanding {
    /// Whether it takes traffic.
    fileprivate var isServing: Bool {
        if case .serving = self { true } else { false }
    }
}
