package import KubeAPI

/// Fills in what a Service leaves out, as the API server does.
package enum ServiceDefaults {
    /// Seconds a client keeps its endpoint: three hours.
    package static let affinityTimeoutSeconds = 10800

    /// The Service with everything stated that has a default, and everything kept from its
    /// previous version that was given to it then and that it still needs.
    package static func applied(
        to service: ServiceObject, previous: ServiceObject?
    ) -> ServiceObject {
        var service = service
        service.apiVersion = ServiceObject.apiVersion
        service.kind = ServiceObject.kind
        if (service.metadata.namespace ?? "").isEmpty {
            service.metadata.namespace = ObjectKey.defaultNamespace
        }
        fillIn(&service.spec)
        if let previous {
            dropWhatTheTypeNoLongerHas(&service.spec, previous: previous.spec)
            keepWhatWasGiven(&service.spec, previous: previous.spec)
        }
        completeClusterIPs(&service.spec)
        fillInStatus(&service, previous: previous)
        return service
    }

    private static func fillIn(_ spec: inout ServiceSpec) {
        spec.type = spec.type ?? ServiceType.clusterIP.rawValue
        for index in (spec.ports ?? []).indices {
            let port = spec.ports?[index]
            spec.ports?[index].protocol = port?.protocol ?? "TCP"
            if let number = port?.port, port?.targetPort.isUnset == true {
                spec.ports?[index].targetPort = .int(number)
            }
            if port?.nodePort == 0 { spec.ports?[index].nodePort = nil }
        }
        spec.sessionAffinity = spec.sessionAffinity ?? "None"
        if spec.sessionAffinity == "None" {
            spec.sessionAffinityConfig = nil
        } else if spec.sessionAffinity == "ClientIP",
            spec.sessionAffinityConfig?.clientIP?.timeoutSeconds == nil
        {
            spec.sessionAffinityConfig = SessionAffinityConfig(
                timeoutSeconds: affinityTimeoutSeconds)
        }
        if spec.isExternallyReachable {
            spec.externalTrafficPolicy = spec.externalTrafficPolicy ?? "Cluster"
        }
        if spec.kind != .externalName {
            spec.internalTrafficPolicy = spec.internalTrafficPolicy ?? "Cluster"
        }
        if spec.kind == .loadBalancer {
            spec.allocateLoadBalancerNodePorts = spec.allocateLoadBalancerNodePorts ?? true
        }
        if spec.healthCheckNodePort == 0 { spec.healthCheckNodePort = nil }
        if spec.loadBalancerIP?.isEmpty == true { spec.loadBalancerIP = nil }
    }

    /// A new type needs less: what is still stated, but only repeats the old version, goes.
    private static func dropWhatTheTypeNoLongerHas(
        _ spec: inout ServiceSpec, previous: ServiceSpec
    ) {
        if previous.needsClusterIP, !spec.needsClusterIP {
            if spec.statedClusterIPs == previous.statedClusterIPs {
                spec.clusterIP = nil
                spec.clusterIPs = nil
            }
            if spec.ipFamilies == previous.ipFamilies { spec.ipFamilies = nil }
            if spec.ipFamilyPolicy == previous.ipFamilyPolicy { spec.ipFamilyPolicy = nil }
        }
        let nodePorts = spec.ports?.map(\.nodePort)
        if previous.needsNodePorts, !spec.needsNodePorts,
            nodePorts == previous.ports?.map(\.nodePort)
        {
            for index in (spec.ports ?? []).indices { spec.ports?[index].nodePort = nil }
        }
        if previous.needsHealthCheckNodePort, !spec.needsHealthCheckNodePort,
            spec.healthCheckNodePort == previous.healthCheckNodePort
        {
            spec.healthCheckNodePort = nil
        }
        if previous.kind == .loadBalancer, spec.kind != .loadBalancer {
            spec.allocateLoadBalancerNodePorts = nil
            if spec.loadBalancerClass == previous.loadBalancerClass { spec.loadBalancerClass = nil }
        }
        if previous.isExternallyReachable, !spec.isExternallyReachable,
            spec.externalTrafficPolicy == previous.externalTrafficPolicy
        {
            spec.externalTrafficPolicy = nil
        }
    }

    /// Whoever states no address keeps the one that was given.
    private static func keepWhatWasGiven(_ spec: inout ServiceSpec, previous: ServiceSpec) {
        if spec.needsClusterIP, previous.needsClusterIP, spec.statedClusterIPs.isEmpty {
            spec.clusterIPs = previous.statedClusterIPs
            if spec.ipFamilyPolicy == nil, spec.ipFamilies == nil {
                spec.ipFamilyPolicy = previous.ipFamilyPolicy
            }
        }
        if spec.ipFamilyPolicy == "SingleStack" { giveUpSecondFamily(&spec, previous: previous) }
        if spec.needsNodePorts, previous.needsNodePorts {
            keepNodePorts(&spec, previous: previous)
        }
        if spec.needsHealthCheckNodePort, previous.needsHealthCheckNodePort {
            spec.healthCheckNodePort = spec.healthCheckNodePort ?? previous.healthCheckNodePort
        }
    }

    /// From two families to one: the primary address stays, the other goes.
    private static func giveUpSecondFamily(_ spec: inout ServiceSpec, previous: ServiceSpec) {
        if spec.clusterIPs == previous.clusterIPs {
            spec.clusterIPs = spec.clusterIPs.map { Array($0.prefix(1)) }
        }
        if spec.ipFamilies == previous.ipFamilies {
            spec.ipFamilies = spec.ipFamilies.map { Array($0.prefix(1)) }
        }
    }

    /// Ports are recognised by their name; a number that another port now states is not kept.
    private static func keepNodePorts(_ spec: inout ServiceSpec, previous: ServiceSpec) {
        var stated = Set((spec.ports ?? []).compactMap(\.nodePortClaim))
        for index in (spec.ports ?? []).indices {
            guard var port = spec.ports?[index], port.nodePort == nil else { continue }
            port.nodePort = previous.ports?.first { $0.name == port.name }?.nodePort
            guard let claim = port.nodePortClaim, stated.insert(claim).inserted else { continue }
            spec.ports?[index].nodePort = port.nodePort
        }
    }

    private static func completeClusterIPs(_ spec: inout ServiceSpec) {
        if spec.clusterIP == "" { spec.clusterIP = nil }
        if spec.clusterIPs?.isEmpty == true { spec.clusterIPs = nil }
        if spec.clusterIPs == nil { spec.clusterIPs = spec.clusterIP.map { [$0] } }
        if spec.clusterIP == nil { spec.clusterIP = spec.clusterIPs?.first }
    }

    /// The load balancer's addresses are the previous version's, unless the object brings some.
    private static func fillInStatus(_ service: inout ServiceObject, previous: ServiceObject?) {
        guard service.spec.kind == .loadBalancer else {
            service.status.loadBalancer = LoadBalancerStatus()
            return
        }
        if service.status.loadBalancer?.ingress?.isEmpty ?? true {
            service.status.loadBalancer = previous?.status.loadBalancer
        }
        let ingress = service.status.loadBalancer?.ingress
        service.status.loadBalancer = LoadBalancerStatus(
            ingress: ingress?.map { entry in
                var entry = entry
                if entry.ip != nil { entry.ipMode = entry.ipMode ?? "VIP" }
                return entry
            })
    }
}

extension IntOrString? {
    /// Kubernetes reads 0 and the empty name as absent.
    fileprivate var isUnset: Bool {
        switch self {
        case nil, .int(0), .string(""): true
        default: false
        }
    }
}
