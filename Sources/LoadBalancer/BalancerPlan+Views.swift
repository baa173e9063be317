import Addressing
import Forwarding
package import ServiceModel
package import ServiceTranslation

extension BalancerPlan {
    /// One target of a Service, with what is asked to know how it is.
    struct CheckedTarget: Sendable {
        /// The node, its socket and transport.
        let target: BalancerFrontends.Target
        /// What people ordered.
        let state: ServingState
        /// What decides about it.
        let checks: [HealthCheck]
    }

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
        Self.views(of: checkedTargets(of: service), StandingReader(standings))
    }

    /// The targets of a Service as long as neither it nor any node changes.
    func checkedTargets(of service: ServiceDefinition) -> [CheckedTarget] {
        let checks = assignment.checks(for: service)
        return frontends.targets(of: service, on: eligibleNodes).compactMap { target in
            nodesByName[target.node].map { node in
                let state = orders.state(of: node, for: service)
                return CheckedTarget(
                    target: target, state: state,
                    checks: state == .maintenance ? [] : checks.checks(of: target))
            }
        }
    }

    /// How the targets of a Service are now.
    static func views(
        of targets: [CheckedTarget], _ reader: StandingReader
    ) -> [TargetView] {
        let views = targets.map {
            TargetView(
                target: $0.target, standing: reader.standing(of: $0), state: $0.state,
                checks: $0.checks)
        }
        let ejected = reader.standings.ejected
        return ejected.isEmpty ? views : eject(ejected, from: views)
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
        guard views.contains(where: isEjected) else { return views }
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
}

extension TargetStanding {
    /// Whether the target is well and takes traffic.
    var isServing: Bool {
        if case .serving = self { true } else { false }
    }
}
