/// A Service: one stable address in front of a changing set of pods.
package struct ServiceObject: KubeObject {
    /// The kind these objects are of.
    package static let resource = ResourceKind.services

    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta
    package var spec: ServiceSpec
    package var status: ServiceStatus

    /// An object that states its kind.
    package init(
        metadata: ObjectMeta,
        spec: ServiceSpec = ServiceSpec(),
        status: ServiceStatus = ServiceStatus()
    ) {
        apiVersion = Self.apiVersion
        kind = Self.kind
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(ServiceSpec.self, forKey: .spec) ?? ServiceSpec()
        status =
            try container.decodeIfPresent(ServiceStatus.self, forKey: .status) ?? ServiceStatus()
    }
}

/// What a Service should be.
package struct ServiceSpec: Codable, Hashable, Sendable {
    /// `ClusterIP` (also when absent), `NodePort`, `LoadBalancer` or `ExternalName`.
    package var type: String?
    package var ports: [ServicePortObject]?
    /// The labels of the pods behind the Service; absent or empty: endpoints are made by hand.
    package var selector: [String: String]?
    /// The first of `clusterIPs`, or `None` for a headless Service.
    package var clusterIP: String?
    package var clusterIPs: [String]?
    /// `IPv4` and `IPv6`, in the order of `clusterIPs`.
    package var ipFamilies: [String]?
    /// `SingleStack`, `PreferDualStack` or `RequireDualStack`.
    package var ipFamilyPolicy: String?
    package var externalIPs: [String]?
    /// The host name that an `ExternalName` Service stands for.
    package var externalName: String?
    /// `Cluster` or `Local`, for traffic to nodePorts and load balancer addresses.
    package var externalTrafficPolicy: String?
    /// `Cluster` or `Local`, for traffic to ClusterIPs.
    package var internalTrafficPolicy: String?
    /// Where each node says whether it has endpoints, for `externalTrafficPolicy: Local`.
    package var healthCheckNodePort: Int?
    /// `None` or `ClientIP`.
    package var sessionAffinity: String?
    package var sessionAffinityConfig: SessionAffinityConfig?
    /// The load balancer address asked for.
    package var loadBalancerIP: String?
    package var loadBalancerSourceRanges: [String]?
    /// Whose load balancer this is; absent for the cluster's own.
    package var loadBalancerClass: String?
    package var allocateLoadBalancerNodePorts: Bool?
    package var publishNotReadyAddresses: Bool?
    /// `PreferClose`, `PreferSameZone` or `PreferSameNode`.
    package var trafficDistribution: String?

    /// A spec in which everything is absent but what is given.
    package init(
        type: String? = nil,
        ports: [ServicePortObject]? = nil,
        selector: [String: String]? = nil,
        clusterIP: String? = nil
    ) {
        self.type = type
        self.ports = ports
        self.selector = selector
        self.clusterIP = clusterIP
    }
}

/// One port of a Service.
package struct ServicePortObject: Codable, Hashable, Sendable {
    /// Required when there are several ports.
    package var name: String?
    /// `TCP` (also when absent), `UDP` or `SCTP`.
    package var `protocol`: String?
    package var appProtocol: String?
    package var port: Int
    /// The pods' port, by number or by the container port's name; `port` when absent.
    package var targetPort: IntOrString?
    package var nodePort: Int?

    /// A port in which everything is absent but what is given.
    package init(
        name: String? = nil,
        protocol: String? = nil,
        port: Int,
        targetPort: IntOrString? = nil,
        nodePort: Int? = nil
    ) {
        self.name = name
        self.protocol = `protocol`
        self.port = port
        self.targetPort = targetPort
        self.nodePort = nodePort
    }
}

/// The parameters of `sessionAffinity`.
package struct SessionAffinityConfig: Codable, Hashable, Sendable {
    package var clientIP: ClientIPConfig?

    /// The configuration of `ClientIP` affinity.
    package init(timeoutSeconds: Int) {
        clientIP = ClientIPConfig(timeoutSeconds: timeoutSeconds)
    }
}

/// The parameters of `ClientIP` affinity.
package struct ClientIPConfig: Codable, Hashable, Sendable {
    /// Seconds after its last packet for which a client keeps its endpoint, 1 to 86400.
    package var timeoutSeconds: Int?

    /// A configuration with this timeout.
    package init(timeoutSeconds: Int?) {
        self.timeoutSeconds = timeoutSeconds
    }
}
