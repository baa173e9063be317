import Addressing
import KubeAPI

/// The questions that defaults, validation and allocation all ask of a Service's spec.
extension ServiceSpec {
    /// What `type` says; nil for an unknown word.
    var kind: ServiceType? {
        ServiceType(rawValue: type ?? ServiceType.clusterIP.rawValue)
    }

    /// `clusterIPs`, or the older `clusterIP` where only that is given.
    var statedClusterIPs: [String] {
        if let clusterIPs, !clusterIPs.isEmpty { return clusterIPs }
        return clusterIP.map { $0.isEmpty ? [] : [$0] } ?? []
    }

    /// There shall be no ClusterIP, on purpose.
    var isHeadless: Bool { statedClusterIPs.first == "None" }

    var hasSelector: Bool { selector?.isEmpty == false }

    /// Every type but ExternalName has a ClusterIP, if only `None`.
    var needsClusterIP: Bool { kind != .externalName }

    var needsNodePorts: Bool {
        kind == .nodePort || kind == .loadBalancer && allocateLoadBalancerNodePorts != false
    }

    /// Whether nodePorts may be stated, though they are not always given out.
    var mayHaveNodePorts: Bool { kind == .nodePort || kind == .loadBalancer }

    var needsHealthCheckNodePort: Bool {
        kind == .loadBalancer && externalTrafficPolicy == "Local"
    }

    /// Whether traffic from outside reaches the Service, so that a policy for it has a meaning.
    var isExternallyReachable: Bool {
        mayHaveNodePorts || kind == .clusterIP && externalIPs?.isEmpty == false
    }

    /// What the Service listens on at its own addresses.
    var listeners: Set<LoadBalancerPool.Listener> {
        Set(
            (ports ?? []).compactMap { port in
                guard let number = Port(port.port), let transport = port.transport else {
                    return nil
                }
                return LoadBalancerPool.Listener(transport, number)
            })
    }
}

extension ServicePortObject {
    /// What `protocol` says; nil for an unknown word.
    var transport: TransportProtocol? {
        TransportProtocol(kubernetes: self.protocol ?? "TCP")
    }

    /// The nodePort that is stated, with its protocol; nil where none is.
    var nodePortClaim: NodePortClaim? {
        guard let transport, let port = nodePort.flatMap(Port.init) else { return nil }
        return NodePortClaim(transport, port)
    }
}

/// The values of a Service's `type`.
enum ServiceType: String, CaseIterable {
    case clusterIP = "ClusterIP"
    case externalName = "ExternalName"
    case loadBalancer = "LoadBalancer"
    case nodePort = "NodePort"
}

extension IPFamily {
    /// Reads Kubernetes' name, `IPv4` or `IPv6`.
    init?(kubernetes name: String) {
        switch name {
        case "IPv4": self = .v4
        case "IPv6": self = .v6
        default: return nil
        }
    }

    /// Kubernetes' name, `IPv4` or `IPv6`.
    var kubernetesName: String {
        switch self {
        case .v4: "IPv4"
        case .v6: "IPv6"
        }
    }

    var other: IPFamily { self == .v4 ? .v6 : .v4 }
}
