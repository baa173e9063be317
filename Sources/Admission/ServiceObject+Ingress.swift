import Addressing
import KubeAPI

/// What a Service's status and annotation say of its load balancer addresses.
extension ServiceObject {
    /// Takes back those addresses given here that are lost; what others gave stays.
    func withdrawing(where isLost: (IPAddress) -> Bool) -> IngressWrite {
        let own = allocatedAddresses
        let kept = (status.loadBalancer?.ingress ?? []).filter { entry in
            guard let address = entry.address, own.contains(address) else { return true }
            return !isLost(address)
        }
        let note = kept.compactMap(\.address).filter(own.contains).map(\.description)
        return IngressWrite(
            key: key, resourceVersion: metadata.resourceVersion, ingress: kept,
            note: note.isEmpty ? nil : note.joined(separator: ","))
    }

    /// What the annotation says was given here; nil without it.
    var allocatedNote: String? { metadata.annotations?[WellKnown.allocatedAddresses] }

    /// The addresses that were given here, by the annotation.
    var allocatedAddresses: Set<IPAddress> {
        Set((allocatedNote ?? "").split(separator: ",").compactMap { IPAddress($0) })
    }

    /// Whether the Service has, had or may need addresses of a load balancer.
    var concernsLoadBalancers: Bool {
        spec.kind == .loadBalancer || allocatedNote != nil
            || status.loadBalancer?.ingress?.isEmpty == false
    }

    /// The addresses of load balancers that the status states, whatever the type.
    var ingressClaim: IngressClaim {
        IngressClaim(
            addresses: (status.loadBalancer?.ingress ?? []).compactMap(\.address),
            listeners: spec.listeners)
    }

    /// Those that ask for a certain address come first.
    var asksLast: Int { (spec.loadBalancerIP ?? "").isEmpty ? 1 : 0 }

    /// Orders Services by their creation; the text's form is fixed.
    var age: String { metadata.creationTimestamp ?? "" }

    /// Whether this is an earlier version of the same object; versions that are no numbers are
    /// taken as they come.
    func isOlder(than known: ServiceObject) -> Bool {
        guard let own = metadata.resourceVersion.flatMap(UInt64.init),
            let other = known.metadata.resourceVersion.flatMap(UInt64.init)
        else { return false }
        return own < other
    }
}

/// The load balancer addresses that are counted as a Service's.
struct IngressClaim: Hashable, Sendable {
    /// In the order of the status.
    var addresses: [IPAddress]
    /// What the Service listens on at each of them.
    let listeners: Set<LoadBalancerPool.Listener>
}

extension LoadBalancerIngress {
    /// The address, if the entry has one that can be read.
    var address: IPAddress? { ip.flatMap { IPAddress($0) } }
}
