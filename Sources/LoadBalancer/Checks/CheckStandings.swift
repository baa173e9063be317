package import Addressing

/// What all checks together say at one moment; a check that is not named says nothing against its
/// target.
package struct CheckStandings: Hashable, Sendable {
    /// Steps in which a node that returns takes its traffic up again.
    package static let warmthSteps = 5

    /// Checks whose targets are down.
    package var unhealthy: Set<HealthCheck>
    /// Targets whose connections failed, whatever checks say.
    package var ejected: Set<SocketEndpoint> = []
    /// How many endpoints the targets have that told it.
    package var weights: [HealthCheck: Int]
    /// How many steps the targets have done that are on their way back; fewer than all.
    package var warmth: [HealthCheck: Int]

    /// Gathers what checks say.
    package init(
        unhealthy: Set<HealthCheck> = [], weights: [HealthCheck: Int] = [:],
        warmth: [HealthCheck: Int] = [:]
    ) {
        self.unhealthy = unhealthy
        self.weights = weights
        self.warmth = warmth
    }
}
