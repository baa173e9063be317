import Addressing
import KubeAPI

/// Says what is wrong with a Service whose defaults are filled in, in the API server's words.
struct ServiceValidation {
    let service: ServiceObject
    /// The version that this one replaces.
    let previous: ServiceObject?
    var problems = ProblemList()

    /// Everything wrong with the Service; empty if it may be.
    static func problems(_ service: ServiceObject, previous: ServiceObject?) -> [FieldProblem] {
        var validation = ServiceValidation(service: service, previous: previous)
        validation.checkAll()
        return validation.problems.problems
    }

    var spec: ServiceSpec { service.spec }

    private mutating func checkAll() {
        problems.checkMetadata(
            service.metadata, isNamespaced: true, nameFault: NameSyntax.serviceNameFault)
        checkType()
        checkPorts()
        problems.checkLabels("spec.selector", spec.selector)
        checkAffinity()
        checkPolicies()
        checkFamilies()
        checkClusterIPs()
        checkExternalIPs()
        checkLoadBalancer()
        if let previous { checkChange(from: previous.spec) }
    }

    private mutating func checkType() {
        let known = ServiceType.allCases.map(\.rawValue)
        problems.check("spec.type", spec.type, isOneOf: known)
        switch spec.kind {
        case .externalName: checkExternalName()
        case .nodePort, .loadBalancer:
            if spec.isHeadless {
                problems.invalid(
                    "spec.clusterIPs[0]", "None",
                    "may not be set to 'None' for \(spec.type ?? "") services")
            }
        case .clusterIP, nil: break
        }
    }

    private mutating func checkExternalName() {
        for (index, address) in spec.statedClusterIPs.enumerated() {
            problems.add(
                "spec.clusterIPs[\(index)]", .forbidden, value: address.quoted,
                "may not be set for ExternalName services")
        }
        guard let name = spec.externalName, !name.isEmpty else {
            problems.add("spec.externalName", .required, "state the host name it stands for")
            return
        }
        let plain = name.hasSuffix(".") ? String(name.dropLast()) : name
        problems.check("spec.externalName", name, NameSyntax.subdomainFault(plain))
    }

    private mutating func checkAffinity() {
        problems.check("spec.sessionAffinity", spec.sessionAffinity, isOneOf: ["ClientIP", "None"])
        guard let timeout = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds else { return }
        guard !(1...86400).contains(timeout) else { return }
        problems.add(
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds", .invalid, value: "\(timeout)",
            "must be greater than 0 and less than or equal to 86400")
    }

    private mutating func checkPolicies() {
        let policies = ["Cluster", "Local"]
        if spec.externalTrafficPolicy != nil, !spec.isExternallyReachable {
            problems.invalid(
                "spec.externalTrafficPolicy", spec.externalTrafficPolicy ?? "",
                "may only be set for externally-accessible services")
        } else {
            problems.check(
                "spec.externalTrafficPolicy", spec.externalTrafficPolicy, isOneOf: policies)
        }
        problems.check("spec.internalTrafficPolicy", spec.internalTrafficPolicy, isOneOf: policies)
        problems.check(
            "spec.trafficDistribution", spec.trafficDistribution,
            isOneOf: ["PreferClose", "PreferSameNode", "PreferSameZone"])
        if let port = spec.healthCheckNodePort {
            problems.checkPort("spec.healthCheckNodePort", port)
            if !spec.needsHealthCheckNodePort {
                problems.add(
                    "spec.healthCheckNodePort", .invalid, value: "\(port)",
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is "
                        + "'Local'")
            }
        }
    }

    private mutating func checkLoadBalancer() {
        let isLoadBalancer = spec.kind == .loadBalancer
        if let ranges = spec.loadBalancerSourceRanges, !ranges.isEmpty {
            if isLoadBalancer {
                for (index, range) in ranges.enumerated() {
                    problems.checkBlock("spec.loadBalancerSourceRanges[\(index)]", range)
                }
            } else {
                problems.add(
                    "spec.loadBalancerSourceRanges", .forbidden,
                    "may only be used when `type` is 'LoadBalancer'")
            }
        }
        if !isLoadBalancer {
            for (field, isSet) in [
                ("loadBalancerClass", spec.loadBalancerClass != nil),
                ("allocateLoadBalancerNodePorts", spec.allocateLoadBalancerNodePorts != nil),
            ] where isSet {
                problems.add(
                    "spec.\(field)", .forbidden, "may only be used when `type` is 'LoadBalancer'")
            }
        }
        if let address = spec.loadBalancerIP {
            problems.checkAddress("spec.loadBalancerIP", address)
        }
        for (index, entry) in (service.status.loadBalancer?.ingress ?? []).enumerated() {
            let field = "status.loadBalancer.ingress[\(index)]"
            if let address = entry.ip { problems.checkAddress("\(field).ip", address) }
            problems.check("\(field).ipMode", entry.ipMode, isOneOf: ["Proxy", "VIP"])
        }
    }

    private mutating func checkChange(from old: ServiceSpec) {
        let cure = "delete the Service and create it again to change it"
        if old.needsClusterIP, spec.needsClusterIP, let before = old.statedClusterIPs.first,
            let after = spec.statedClusterIPs.first, before != after
        {
            problems.invalid(
                "spec.clusterIPs[0]", after, "may not change once set, it is \(before); \(cure)")
        }
        if old.needsClusterIP, spec.needsClusterIP, let before = old.ipFamilies?.first,
            let after = spec.ipFamilies?.first, before != after
        {
            problems.invalid(
                "spec.ipFamilies[0]", after, "may not change once set, it is \(before); \(cure)")
        }
        if old.kind == .loadBalancer, spec.kind == .loadBalancer,
            old.loadBalancerClass != spec.loadBalancerClass
        {
            problems.invalid(
                "spec.loadBalancerClass", spec.loadBalancerClass ?? "",
                "may not change once set; \(cure)")
        }
    }
}
