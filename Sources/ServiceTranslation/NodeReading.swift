import Addressing
import KubeAPI
import ServiceModel

/// Reads Nodes into what they are to a proxy or a balancer.
enum NodeReading {
    /// What the Node is, and what in it could not be read.
    static func read(
        _ object: NodeObject
    ) -> (node: NodeIdentity, problems: [TranslationProblem]) {
        var problems: [TranslationProblem] = []
        let name = object.metadata.name ?? ""
        let blocks = object.spec.podCIDRs ?? object.spec.podCIDR.map { [$0] } ?? []
        var podCIDRs: [CIDRBlock] = []
        for (index, text) in blocks.enumerated() {
            if let block = CIDRBlock(text) {
                podCIDRs.append(block)
            } else {
                problems.append(
                    TranslationProblem(
                        object: "Node \(name)", field: "spec.podCIDRs[\(index)]",
                        message: "\"\(text)\" is not a CIDR block; it is left out"))
            }
        }
        let labels = object.metadata.labels ?? [:]
        return (
            NodeIdentity(
                name: name, addresses: addresses(of: object), podCIDRs: podCIDRs,
                zone: labels[WellKnown.zone] ?? labels[WellKnown.legacyZone],
                isReady: isReady(object),
                isExcludedFromLoadBalancers: labels[WellKnown.excludeFromLoadBalancers] != nil,
                isLeaving: isLeaving(object), isCordoned: object.spec.unschedulable ?? false,
                notes: WellKnown.notes(in: object.metadata)),
            problems
        )
    }

    /// Inside addresses first; names and the like are no addresses and are passed over.
    private static func addresses(of object: NodeObject) -> [IPAddress] {
        let all = object.status.addresses ?? []
        return ["InternalIP", "ExternalIP"].flatMap { type in
            all.filter { $0.type == type }.compactMap { IPAddress($0.address) }
        }
    }

    /// Somebody is about to take the node away: the API, or the autoscaler, which taints first.
    private static func isLeaving(_ object: NodeObject) -> Bool {
        object.metadata.deletionTimestamp != nil
            || (object.spec.taints ?? []).contains { $0.key == WellKnown.toBeDeletedTaint }
    }

    private static func isReady(_ object: NodeObject) -> Bool {
        guard let ready = object.status.conditions?.first(where: { $0.type == "Ready" }) else {
            return true
        }
        return ready.status == "True"
    }
}
