package import Addressing
package import ServiceModel
package import ServiceTranslation

extension BalancerPlan {
    /// Why a backend leaves a frontend.
    package enum Departure: Hashable, Sendable {
        /// It is down: its connections have nobody to answer them.
        case down
        /// It is drained: its connections go on.
        case drained
    }

    /// What is to be done to keep up with what arrived.
    package struct Step: Sendable {
        /// The touched Services with their frontends; one that is gone has none.
        package internal(set) var updates: [(service: ServiceIdentity, BalancedService)] = []
        /// Checks that somebody needs now.
        package internal(set) var startedChecks: Set<HealthCheck> = []
        /// Checks that nobody needs any more.
        package internal(set) var endedChecks: Set<HealthCheck> = []
        /// All addresses that the balancer is to hold.
        package internal(set) var addresses: Set<IPAddress> = []
        /// Why targets of the touched Services take no traffic, where it matters to connections.
        package internal(set) var departures: [SocketEndpoint: Departure] = [:]
        /// The targets of the touched Services that may be ejected for their connections.
        package internal(set) var observed: [(service: ServiceIdentity, [SocketEndpoint])] = []
        /// How many targets of the touched Services are how; nil for a Service that is gone.
        package internal(set) var tallies: [(service: ServiceIdentity, TargetTally?)] = []
        /// What had to be left out, or is done otherwise than one might expect.
        package internal(set) var warnings: [String] = []
    }
}
