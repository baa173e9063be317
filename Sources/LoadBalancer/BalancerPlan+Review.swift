import Addressing
import Forwarding
package import ServiceModel
package import ServiceTranslation

/// What follows from Services, nodes and orders, before any check speaks.
extension BalancerPlan {
    /// Reads a Service of the balancer, and says what in it is not as one might expect.
    func reviewed(_ service: ServiceDefinition, _ warnings: inout [String]) -> CheckedService {
        let own = assignment.checks(for: service)
        let targets = frontends.targets(of: service, on: eligibleNodes, absent: absentNodes)
        let states = targets.all.map { target in
            nodesByName[target.node].map { orders.state(of: $0, for: service) } ?? .ready
        }
        var checks = zip(targets.all, states).map { target, state in
            state == .maintenance ? [] : own.checks(of: target)
        }
        if checks == recentChecks { checks = recentChecks }
        let bounds = ProtectionNotes(
            service, last: checkedServices[service.identity]?.protection ?? Protection())
        warnings += bounds.problems.map(\.description) + own.warnings
        warnings += dataPlaneWarnings(of: service)
        return CheckedService(
            service: service, addresses: frontends.addresses(of: service), targets: targets,
            states: states, checks: checks, dataPlane: dataPlane(of: service),
            protection: bounds.protection, hasEndpoints: endpoints.exist(of: service.identity),
            expectedWeights: expectedWeights(of: service, targets.all),
            ejects: ejects(service, &warnings))
    }

    /// How many endpoints the API says that each target has, where nodes are asked for them.
    private func expectedWeights(
        of service: ServiceDefinition, _ targets: [BalancerFrontends.Target]
    ) -> [Int]? {
        guard service.externalPolicy == .local, service.healthCheckNodePort != nil else {
            return nil
        }
        var weights = [Int](repeating: 1, count: targets.count)
        for family in IPFamily.allCases {
            let places = targets.indices.filter { targets[$0].socket.address.family == family }
            let nodes = places.lazy.map { targets[$0].node }
            let counts = endpoints.counts(of: service.identity, family, on: nodes) ?? []
            for (place, count) in zip(places, counts) { weights[place] = count }
        }
        return weights
    }

    private func ejects(_ service: ServiceDefinition, _ warnings: inout [String]) -> Bool {
        switch service.notes["ejection"] {
        case nil: return rules.ejects
        case "on": return true
        case "off": return false
        case let text?:
            warnings.append(
                "Service \(service.identity), sluice.io/ejection: "
                    + "\(text.prefix(80).debugDescription) is not on or off; "
                    + "\(rules.ejects ? "on" : "off") is used")
            return rules.ejects
        }
    }

    /// How packets get to a Service's nodes.
    package func dataPlane(of service: ServiceDefinition) -> DataPlane {
        let last = checkedServices[service.identity]?.dataPlane
        let wanted =
            DataPlane(of: service) ?? (service.notes["data-plane"] == nil ? nil : last)
            ?? rules.dataPlane
        return wanted == .directReturn && rules.directReturnObstacle != nil ? .masquerade : wanted
    }

    /// What has to be said of a Service's data plane, where it is not as one might expect.
    private func dataPlaneWarnings(of service: ServiceDefinition) -> [String] {
        let dataPlane = dataPlane(of: service)
        var warnings = dataPlane.problem(of: service).map { [$0.description] } ?? []
        let wanted = DataPlane(of: service) ?? rules.dataPlane
        if wanted == .directReturn, let obstacle = rules.directReturnObstacle {
            warnings.append(
                "Service \(service.identity): direct-return is not possible here (\(obstacle)); "
                    + "masquerade is used")
        }
        let needed = eligibleNodes.count * MaglevTable.slotsPerBackend
        if dataPlane == .directReturn, needed > rules.directReturnSlots {
            warnings.append(
                "\(eligibleNodes.count) nodes share \(rules.directReturnSlots) slots, less than "
                    + "\(MaglevTable.slotsPerBackend) each, so unevenly; give all balancers the "
                    + "same larger --direct-return-slots")
        }
        return warnings
    }
}
