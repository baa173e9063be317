import Addressing
package import KubeAPI
package import ServiceModel

/// Reads a Service as Kubernetes spells it into what it means.
///
/// The API server has validated the object; what it could not mean is left out and reported, so
/// that one odd field does not take the rest of the Service away.
struct ServiceReading {
    private let object: ServiceObject
    private(set) var problems: [TranslationProblem] = []
    /// What Kubernetes uses when nothing is said: three hours.
    private static let affinitySeconds = 10_800

    private init(_ object: ServiceObject) {
        self.object = object
    }

    /// What the Service means, and what in it means nothing.
    static func read(
        _ object: ServiceObject
    ) -> (definition: ServiceDefinition, problems: [TranslationProblem]) {
        var reading = ServiceReading(object)
        return (reading.definition(), reading.problems)
    }

    private mutating func definition() -> ServiceDefinition {
        let spec = object.spec
        var service = ServiceDefinition(identity: object.identity, reach: reach())
        service.ports = ports()
        let clusterIPs = spec.clusterIPs ?? spec.clusterIP.map { [$0] } ?? []
        service.isHeadless =
            clusterIPs.first == "None" || object.metadata.label(WellKnown.headless) != nil
        if !service.isHeadless { service.clusterIPs = addresses(clusterIPs, "spec.clusterIPs") }
        service.externalIPs = addresses(spec.externalIPs ?? [], "spec.externalIPs")
        let ingress = object.status.loadBalancer?.ingress ?? []
        service.loadBalancerIPs = addresses(
            ingress.filter { $0.ipMode != "Proxy" }.compactMap(\.ip),
            "status.loadBalancer.ingress")
        service.balancerOnlyIPs = addresses(
            ingress.filter { $0.ipMode == "Proxy" }.compactMap(\.ip),
            "status.loadBalancer.ingress")
        service.sourceRanges = ranges(
            spec.loadBalancerSourceRanges ?? [], "spec.loadBalancerSourceRanges")
        service.nodeSourceRanges = nodeSourceRanges()
        service.externalPolicy = policy(spec.externalTrafficPolicy)
        service.internalPolicy = policy(spec.internalTrafficPolicy)
        service.affinity = affinity()
        service.affinityScope = affinityScope()
        service.healthCheckNodePort = spec.healthCheckNodePort.flatMap { Port($0) }
        service.publishesNotReady = spec.publishNotReadyAddresses ?? false
        service.skipsProxy = object.metadata.label(WellKnown.serviceProxyName) != nil
        service.externalName = spec.externalName
        service.notes = WellKnown.notes(in: object.metadata)
        service.created = object.metadata.creationTimestamp.flatMap { CreationTime($0) }
        switch spec.trafficDistribution {
        case "PreferClose", "PreferSameZone": service.trafficDistribution = .sameZone
        case "PreferSameNode": service.trafficDistribution = .sameNode
        default: break
        }
        return service
    }

    private mutating func reach() -> ServiceReach {
        switch object.spec.type ?? "ClusterIP" {
        case "ClusterIP": return .cluster
        case "NodePort": return .nodes
        case "LoadBalancer": return .loadBalancer
        case "ExternalName": return .alias
        case let other:
            report("spec.type", "\"\(other)\" is not a type of Service; treated as ClusterIP")
            return .cluster
        }
    }

    private mutating func ports() -> [ServicePort] {
        var ports: [ServicePort] = []
        for (index, port) in (object.spec.ports ?? []).enumerated() {
            let place = "spec.ports[\(index)]"
            guard let number = Port(port.port) else {
                report("\(place).port", "\(port.port) is not in 1-65535; the port is left out")
                continue
            }
            guard let transport = TransportProtocol(kubernetes: port.protocol ?? "TCP") else {
                report(
                    "\(place).protocol",
                    "\"\(port.protocol ?? "")\" is not TCP, UDP or SCTP; the port is left out")
                continue
            }
            ports.append(
                ServicePort(
                    name: port.name ?? "", transport: transport, port: number,
                    nodePort: nodePort(port, place)))
        }
        return ports
    }

    /// The nodePort, if there is one; 0 stands for none.
    private mutating func nodePort(_ port: ServicePortObject, _ place: String) -> Port? {
        guard let number = port.nodePort, number != 0 else { return nil }
        let nodePort = Port(number)
        if nodePort == nil {
            report("\(place).nodePort", "\(number) is not in 1-65535; there is no nodePort")
        }
        return nodePort
    }

    /// The affinity; the kernel takes no timeout of 0 seconds.
    private mutating func affinity() -> SessionAffinity {
        guard object.spec.sessionAffinity == "ClientIP" else { return .none }
        let seconds = object.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
        guard let seconds else { return .clientIP(timeoutSeconds: Self.affinitySeconds) }
        guard 1...86_400 ~= seconds else {
            report(
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                "\(seconds) is not in 1-86400; \(Self.affinitySeconds) is used")
            return .clientIP(timeoutSeconds: Self.affinitySeconds)
        }
        return .clientIP(timeoutSeconds: seconds)
    }

    private mutating func affinityScope() -> AffinityScope {
        guard let text = object.metadata.annotations?[SluiceAnnotation.affinityScope] else {
            return .port
        }
        if let scope = AffinityScope(rawValue: text) { return scope }
        report(
            "metadata.annotations[\(SluiceAnnotation.affinityScope)]",
            "\(text.prefix(80).debugDescription) is not port or service; port is used")
        return .port
    }

    private mutating func addresses(_ texts: [String], _ field: String) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for (index, text) in texts.enumerated() where !text.isEmpty && text != "None" {
            if let address = IPAddress(text) {
                addresses.append(address)
            } else {
                report("\(field)[\(index)]", "\"\(text)\" is not an IP address; it is left out")
            }
        }
        return addresses
    }

    /// The annotation's ranges: nodePorts and external addresses have no field for them.
    private mutating func nodeSourceRanges() -> [CIDRBlock] {
        guard let text = object.metadata.annotations?[SluiceAnnotation.sourceRanges] else {
            return []
        }
        let parts = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
        return ranges(parts, "metadata.annotations[\(SluiceAnnotation.sourceRanges)]")
    }

    /// Ranges that cannot be read would open the Service to everyone: they allow nobody instead.
    private mutating func ranges(_ texts: [String], _ field: String) -> [CIDRBlock] {
        var ranges: [CIDRBlock] = []
        for (index, text) in texts.enumerated() {
            if let range = CIDRBlock(text) {
                ranges.append(range)
            } else {
                report(
                    "\(field)[\(index)]", "\"\(text)\" is not a CIDR block; nobody is let in by it")
                ranges += [CIDRBlock("0.0.0.0/32"), CIDRBlock("::/128")].compactMap { $0 }
            }
        }
        return ranges
    }

    private func policy(_ text: String?) -> TrafficPolicy { text == "Local" ? .local : .cluster }

    private mutating func report(_ field: String, _ message: String) {
        problems.append(
            TranslationProblem(
                object: "Service \(object.identity)", field: field, message: message))
    }
}

extension ServiceObject {
    /// Which Service the object is.
    package var identity: ServiceIdentity {
        ServiceIdentity(namespace: metadata.namespace ?? "default", name: metadata.name ?? "")
    }
}
