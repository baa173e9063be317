import Forwarding
package import ServiceModel
package import ServiceTranslation

extension BalancerPlan {
    /// How packets get to a Service's nodes.
    package func dataPlane(of service: ServiceDefinition) -> DataPlane {
        let wanted =
            DataPlane(of: service)
            ?? (service.notes["data-plane"] == nil ? nil : dataPlanes[service.identity])
            ?? rules.dataPlane
        return wanted == .directReturn && rules.directReturnObstacle != nil ? .masquerade : wanted
    }

    /// What has to be said of a Service's data plane, where it is not as one might expect.
    func dataPlaneWarnings(of service: ServiceDefinition) -> [String] {
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

    /// Keeps what the annotation says, for when it cannot be read any more.
    mutating func noteDataPlane(of service: ServiceDefinition) {
        dataPlanes[service.identity] = dataPlane(of: service)
    }
}
