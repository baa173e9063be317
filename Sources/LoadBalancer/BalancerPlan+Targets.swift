import Addressing
import Forwarding
package import ServiceModel
import ServiceTranslation

extension BalancerPlan {
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
        // A node without an endpoint does not answer there either, and must stay out.
        let cannotTell = service.externalPolicy == .local && service.healthCheckNodePort == nil
        let bounds = ProtectionNotes(service, last: protections[identity] ?? Protection())
        protections[identity] = bounds.protection.isNone ? nil : bounds.protection
        let translated = (cannotTell ? strictFrontends : frontends).translate(
            service, among: views.map { ($0.target, $0.standing) },
            holdsRefusals: endpoints.exist(of: identity), protection: bounds.protection,
            by: plane ?? .masquerade)
        step.updates.append((identity, translated))
        step.observed.append((identity, observed(service, views, &step)))
        note(translated, of: identity, views)
        for view in views {
            if let departure = view.departure { step.departures[view.target.socket] = departure }
        }
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
