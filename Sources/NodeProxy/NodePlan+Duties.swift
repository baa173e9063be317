import Addressing
package import ServiceModel
package import ServiceTranslation

extension NodePlan {
    /// What a Service asks of this node besides frontends.
    package func duties(
        of service: ServiceIdentity, in snapshot: ClusterSnapshot
    ) -> ServiceDuties {
        var duties = ServiceDuties()
        guard let definition = snapshot.services[service], definition.isProxied,
            definition.reach != .cluster
        else { return duties }
        for port in definition.ports {
            guard let number = port.nodePort else { continue }
            duties.nodePorts.insert(ServiceDuties.NodePort(port.transport, number))
        }
        if definition.isLoadBalancer, definition.externalPolicy == .local,
            let port = definition.healthCheckNodePort
        {
            duties.healthCheck = ServiceDuties.HealthCheck(
                port: port, localEndpointCount: localCount(of: definition, in: snapshot))
        }
        return duties
    }

    /// How many endpoints of this node are ready, one that has an address of each family once.
    ///
    /// Those that terminate do not count though they may still serve: balancers shall turn away.
    private func localCount(
        of service: ServiceDefinition, in snapshot: ClusterSnapshot
    ) -> Int {
        let place = Locality(nodeName: configuration.nodeName)
        var addresses: [IPFamily: Set<IPAddress>] = [:]
        for group in snapshot.groups(of: service.identity) {
            for endpoint in group.endpoints where endpoint.isLocal(to: place) {
                guard endpoint.isReady || service.publishesNotReady && !endpoint.isTerminating
                else { continue }
                addresses[group.family, default: []].insert(endpoint.address)
            }
        }
        return addresses.values.map(\.count).max() ?? 0
    }
}
