import Addressing
package import HealthChecking
package import ServiceModel

/// Says how nodes are checked where a Service does not say it itself.
package struct CheckAssignment: Hashable, Sendable {
    /// What the user wants nodes to be checked by.
    package let definition: CheckDefinition
    /// How often, and what results add up to.
    package let policy: HealthPolicy

    /// Assigns checks of this kind.
    package init(_ definition: CheckDefinition, policy: HealthPolicy = .standard) {
        self.definition = definition
        self.policy = policy
    }

    /// The checks of one Service.
    package func checks(for service: ServiceDefinition) -> ServiceChecks {
        ServiceChecks(service, self)
    }

    /// Whether a check says something about the whole node, and not about one Service on it.
    package func speaksForNode(_ check: HealthCheck) -> Bool {
        check.request == definition.request
            && (definition.port == nil || check.socket.port == definition.port)
    }
}
