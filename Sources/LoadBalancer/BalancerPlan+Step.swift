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

    /// A target that takes no traffic, where the reason matters to its connections.
    package struct DepartedTarget: Hashable, Sendable {
        /// One of a node's ports.
        package struct Place: Hashable, Sendable {
            let transport: TransportProtocol?
            let socket: SocketEndpoint

            /// Where a frontend of this protocol leads.
            package init(_ transport: TransportProtocol?, _ socket: SocketEndpoint) {
                self.transport = transport
                self.socket = socket
            }
        }

        /// Where it is.
        package let place: Place
        /// Why it takes none.
        package let departure: Departure
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
        /// Why targets of the touched Services take no traffic, where it matters to connections;
        /// a Service without any is not among them.
        package internal(set) var departures: [(service: ServiceIdentity, [DepartedTarget])] = []
        /// The targets of the touched Services that may be ejected for their connections.
        package internal(set) var observed: [(service: ServiceIdentity, [SocketEndpoint])] = []
        /// How many targets of the touched Services are how; nil for a Service that is gone.
        package internal(set) var tallies: [(service: ServiceIdentity, TargetTally?)] = []
        /// What had to be left out, or is done otherwise than one might expect.
        package internal(set) var warnings: [String] = []
    }
}

extension BalancerPlan.Step {
    /// Why each of these targets takes no traffic.
    package var departuresByPlace: [BalancerPlan.DepartedTarget.Place: BalancerPlan.Departure] {
        Dictionary(
            departures.lazy.flatMap(\.1).map { ($0.place, $0.departure) },
            uniquingKeysWith: { $1 })
    }
}
