package import Addressing
package import KubeAPI

/// The addresses and ports that a Service holds.
package struct AddressAssignment: Hashable, Sendable {
    /// At most one address a family.
    package var clusterIPs: [IPAddress]
    /// The ports of the nodes, without that of the health check.
    package var nodePorts: [NodePortClaim]
    /// Held as a TCP nodePort.
    package var healthCheckNodePort: Port?
    /// Addresses at which load balancers accept the traffic.
    package var loadBalancerIPs: [IPAddress]
    /// What the Service listens on at its load balancer addresses.
    package var listeners: Set<LoadBalancerPool.Listener>

    /// Reads what an admitted Service holds; what cannot be read, it cannot hold.
    package init(of service: ServiceObject) {
        let spec = service.spec
        clusterIPs = spec.statedClusterIPs.compactMap { IPAddress($0) }
        nodePorts = (spec.ports ?? []).compactMap(\.nodePortClaim)
        healthCheckNodePort = spec.healthCheckNodePort.flatMap(Port.init)
        let ingress = service.status.loadBalancer?.ingress ?? []
        loadBalancerIPs =
            spec.kind == .loadBalancer ? ingress.compactMap { $0.ip.flatMap { IPAddress($0) } } : []
        listeners = spec.listeners
    }

    /// All ports held on the nodes, that of the health check among them.
    package var allNodePorts: Set<NodePortClaim> {
        var all = Set(nodePorts)
        if let healthCheckNodePort { all.insert(NodePortClaim(.tcp, healthCheckNodePort)) }
        return all
    }
}
