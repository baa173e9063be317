package import Addressing
package import KubeAPI

/// Which Services' statuses are written, and with which addresses.
package struct IngressPolicy: Hashable, Sendable {
    /// Where the addresses come from, in the order in which they are used up.
    package let blocks: [CIDRBlock]
    /// Services with this `loadBalancerClass` get one; nil: those without a class.
    package let loadBalancerClass: String?

    /// A policy for one pool.
    package init(blocks: [CIDRBlock], loadBalancerClass: String? = nil) {
        self.blocks = CIDRBlock.merged(blocks)
        self.loadBalancerClass = loadBalancerClass
    }

    /// Whether a Service is to have an address of the pool.
    func serves(_ service: ServiceObject) -> Bool {
        let spec = service.spec
        return spec.kind == .loadBalancer && spec.loadBalancerClass == loadBalancerClass
            && !spec.isHeadless && service.metadata.label(WellKnown.serviceProxyName) == nil
    }
}

/// What is to be written to the status of a Service, if it is still the version that was looked at.
package struct IngressWrite: Hashable, Sendable {
    /// Which Service.
    package let key: ObjectKey
    /// The version that it was decided for.
    package let resourceVersion: String?
    /// All of `status.loadBalancer.ingress`.
    package let ingress: [LoadBalancerIngress]
    /// The addresses in it that are the writer's own, for `WellKnown.allocatedAddresses`; nil: the
    /// annotation goes.
    package let note: String?
}

/// What is to be done about one Service's status.
package enum IngressDecision: Hashable, Sendable {
    /// It is as it should be, or somebody else's.
    case nothing
    case write(IngressWrite)
    /// It cannot have what it needs, and keeps what it has.
    case refused(AdmissionError)
}

extension IngressWrite {
    /// The write as a merge patch of the Service's status subresource, which lets annotations pass
    /// with the status.
    package var patch: JSONValue {
        var metadata: [String: JSONValue] = [
            "annotations": .object([
                WellKnown.allocatedAddresses: note.map(JSONValue.string) ?? .null
            ])
        ]
        metadata["resourceVersion"] = resourceVersion.map(JSONValue.string)
        let entries = ingress.map { entry in
            var members: [String: JSONValue] = [:]
            members["ip"] = entry.ip.map(JSONValue.string)
            members["hostname"] = entry.hostname.map(JSONValue.string)
            members["ipMode"] = entry.ipMode.map(JSONValue.string)
            return JSONValue.object(members)
        }
        return .object([
            "metadata": .object(metadata),
            "status": .object([
                "loadBalancer": .object(["ingress": entries.isEmpty ? .null : .array(entries)])
            ]),
        ])
    }
}
