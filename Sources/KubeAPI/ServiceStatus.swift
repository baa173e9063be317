/// What became of a Service.
package struct ServiceStatus: Codable, Hashable, Sendable {
    package var loadBalancer: LoadBalancerStatus?
    package var conditions: [Condition]?

    /// A status with these load balancer addresses.
    package init(ingress: [LoadBalancerIngress]? = nil) {
        loadBalancer = LoadBalancerStatus(ingress: ingress)
    }
}

/// Where a load balancer accepts a Service's traffic.
package struct LoadBalancerStatus: Codable, Hashable, Sendable {
    package var ingress: [LoadBalancerIngress]?

    /// A status with these addresses.
    package init(ingress: [LoadBalancerIngress]? = nil) {
        self.ingress = ingress
    }
}

/// One address at which a load balancer accepts a Service's traffic.
package struct LoadBalancerIngress: Codable, Hashable, Sendable {
    package var ip: String?
    package var hostname: String?
    /// `VIP` (also when absent): nodes may serve the address themselves; `Proxy`: they must not.
    package var ipMode: String?
    package var ports: [LoadBalancerPortStatus]?

    /// An address that nodes may serve themselves.
    package init(ip: String, ipMode: String? = "VIP") {
        self.ip = ip
        self.ipMode = ipMode
    }
}

/// Whether one port of a load balancer address works.
package struct LoadBalancerPortStatus: Codable, Hashable, Sendable {
    package var port: Int
    package var `protocol`: String
    package var error: String?
}
