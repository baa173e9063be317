import Addressing
import FoundationEssentials
import HealthChecking
import ServiceModel
import ServiceTranslation
import TableSync

/// How a balancer, its nodes and its Services are, for people and for programs.
package struct BalancerStatus: Codable, Hashable, Sendable {
    /// What one check of a node shows.
    package struct Check: Codable, Hashable, Sendable {
        /// For example `http 192.168.50.1:10256/healthz`.
        package let target: String
        /// `unknown` (not answered yet; takes traffic), `healthy` or `unhealthy`.
        package let state: String
        /// Why it is unhealthy.
        package let reason: String?
        /// Since when the state is what it is, for example `2026-01-31T12:00:00Z`.
        package let since: String
        /// Why the last check failed; absent if it succeeded.
        package let lastFailure: String?
        /// How long the last check took.
        package let lastMilliseconds: Double?
        /// How many Services it decides about.
        package let serviceCount: Int
    }

    /// A node that the balancer may send to, or leaves out.
    package struct Node: Codable, Hashable, Sendable {
        /// The Node object's name.
        package let name: String
        /// Its addresses, those inside the cluster first.
        package let addresses: [String]
        /// `ready`, `unhealthy` if a check speaks against it, `drain` or `maintenance` if
        /// somebody ordered that, else why its Node object keeps it out: `not-ready`, `excluded`,
        /// `leaving` or `cordoned`.
        package let state: String
        /// How many connections the balancer tracks to it.
        package let flows: Int
        /// What is checked at its addresses, in order of the checks' names.
        package let checks: [Check]
    }

    /// One node as a target of one port of a Service.
    package struct Backend: Codable, Hashable, Sendable {
        /// The node's name.
        package let node: String
        /// The node's address and the nodePort, and the protocol: `192.168.50.1:30080/tcp`.
        package let target: String
        /// `up`, `starting` (on its way back), `down`, `ejected` (for its connections),
        /// `no-endpoints`, `drain` or `maintenance`.
        package let state: String
        /// Why it is down or ejected.
        package let reason: String?
        /// Since when it is so.
        package let since: String?
        /// Its share beside the other weights; 0 if it takes no new connections.
        package let weight: Int
        /// How many connections the balancer tracks to it; absent with `direct-return`, where
        /// nobody does.
        package let flows: Int?
        /// The checks that decide about it, by their names.
        package let checks: [String]
    }

    /// A Service of type LoadBalancer.
    package struct Service: Codable, Hashable, Sendable {
        /// `namespace/name`.
        package let name: String
        /// What clients connect to, such as `198.51.100.10:80/tcp`.
        package let frontends: [String]
        /// `masquerade`, `preserve-source` or `direct-return`.
        package let dataPlane: String
        /// True if nodes are used although checks speak against them.
        package let failsOpen: Bool
        /// Its nodes, port by port.
        package let backends: [Backend]
    }

    /// Packets that a frontend's protection has dropped.
    package struct Refusal: Codable, Hashable, Sendable {
        /// `source-ranges`, `client-rate`, `connection-limit` or `blocklist`.
        package let reason: String
        /// What they were meant for, such as `198.51.100.10:80/tcp`; of the blocklist the address.
        package let frontend: String
        /// Whose frontend it is, such as `default/web:http`; empty for the blocklist.
        package let label: String
        /// How many there were, since the frontend has that protection.
        package let packets: UInt64
    }

    /// True if traffic is steered as the API and the checks last said.
    package let isHealthy: Bool
    /// The Lease that decides which of a pair holds the addresses; absent without one.
    package let lease: LeaseStatus?
    /// The addresses of Services, and whether they are held, in order.
    package let addresses: [AddressStatus]
    /// All nodes there are, in order of their names.
    package let nodes: [Node]
    /// All Services of type LoadBalancer, in order of their names.
    package let services: [Service]
    /// What was dropped, reason by reason, where anything was.
    package let refusals: [Refusal]
    /// How many blocks of addresses are blocked.
    package let blockedCount: Int
    /// How many Services have frontends in the kernel.
    package let serviceCount: Int
    /// Services that the kernel refused, with the reason.
    package let refused: [String: String]
    /// Services that need an address of the pool and cannot have one, with the reason.
    package let withoutAddress: [String: String]
    /// Why the addresses of Services cannot be written to their status.
    package let statusObstacle: String?
    /// Why the kernel could not be written last.
    package let lastError: String?
    /// Why no changes arrive from the API.
    package let disconnected: String?
}
