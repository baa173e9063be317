import Addressing
import KubeAPI

extension ProblemList {
    /// What the cluster's network needs of a Pod; the rest is for those who run it.
    mutating func checkPod(_ pod: PodObject) {
        checkMetadata(pod.metadata, isNamespaced: true, nameFault: NameSyntax.subdomainFault)
        for (label, field) in [
            (pod.spec.hostname, "spec.hostname"), (pod.spec.subdomain, "spec.subdomain"),
        ] {
            if let label, !label.isEmpty { check(field, label, NameSyntax.labelFault(label)) }
        }
        checkContainers("spec.containers", pod.spec.containers)
        checkContainers("spec.initContainers", pod.spec.initContainers)
        check(
            "status.phase", pod.status.phase,
            isOneOf: ["Failed", "Pending", "Running", "Succeeded", "Unknown"])
        if let address = pod.status.podIP, !address.isEmpty {
            checkAddress("status.podIP", address)
        }
        var families: Set<IPFamily> = []
        for (index, entry) in (pod.status.podIPs ?? []).enumerated() {
            let field = "status.podIPs[\(index)].ip"
            guard let text = entry.ip else {
                add(field, .required, "state the address")
                continue
            }
            guard let address = checkAddress(field, text) else { continue }
            if !families.insert(address.family).inserted {
                add(
                    field, .duplicate, value: text.quoted,
                    "a pod may have one address a family")
            }
        }
    }

    private mutating func checkContainers(_ field: String, _ containers: [PodContainer]?) {
        for (index, container) in (containers ?? []).enumerated() {
            for (place, port) in (container.ports ?? []).enumerated() {
                let field = "\(field)[\(index)].ports[\(place)]"
                checkPort("\(field).containerPort", port.containerPort)
                checkProtocol("\(field).protocol", port.protocol)
                if let name = port.name, !name.isEmpty {
                    check("\(field).name", name, NameSyntax.portNameFault(name))
                }
            }
        }
    }

    /// A Lease that a client wrote.
    mutating func checkLease(_ lease: LeaseObject) {
        checkMetadata(lease.metadata, isNamespaced: true, nameFault: NameSyntax.subdomainFault)
        if let seconds = lease.spec.leaseDurationSeconds, seconds < 1 {
            invalid("spec.leaseDurationSeconds", "\(seconds)", "must be greater than 0")
        }
        if let count = lease.spec.leaseTransitions, count < 0 {
            invalid("spec.leaseTransitions", "\(count)", "must be greater than or equal to 0")
        }
        for (field, text) in [
            ("spec.acquireTime", lease.spec.acquireTime), ("spec.renewTime", lease.spec.renewTime),
        ] {
            guard let text, text.wholeMatch(of: Self.microTime) == nil else { continue }
            invalid(field, text, "must be a time such as 2026-01-31T12:00:00.000250Z")
        }
    }

    private static var microTime: Regex<Substring> {
        #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d:\d\d)/#
    }

    /// What the cluster's network needs of a Node.
    mutating func checkNode(_ node: NodeObject) {
        checkMetadata(node.metadata, isNamespaced: false, nameFault: NameSyntax.subdomainFault)
        var families: Set<IPFamily> = []
        for (index, text) in (node.spec.podCIDRs ?? []).enumerated() {
            let field = "spec.podCIDRs[\(index)]"
            checkBlock(field, text)
            if let block = CIDRBlock(text), !families.insert(block.family).inserted {
                add(field, .duplicate, value: text.quoted, "a node may have one block a family")
            }
        }
        if let text = node.spec.podCIDR, !text.isEmpty {
            checkBlock("spec.podCIDR", text)
            if let first = node.spec.podCIDRs?.first, first != text {
                invalid("spec.podCIDR", text, "must match `podCIDRs[0]`")
            }
        }
        for (index, entry) in (node.status.addresses ?? []).enumerated() {
            let field = "status.addresses[\(index)]"
            check(
                "\(field).type", entry.type,
                isOneOf: ["ExternalDNS", "ExternalIP", "Hostname", "InternalDNS", "InternalIP"])
            if entry.type.hasSuffix("IP") { checkAddress("\(field).address", entry.address) }
        }
    }
}
