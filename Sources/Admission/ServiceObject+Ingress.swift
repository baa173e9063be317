import Addressing
import KubeAPI

/// What a Service's status and annotation say of its load balancer addresses.
extension ServiceObject {
    /// Takes back what was given here; nothing to do where nothing was.
    var withdrawal: IngressDecision {
        guard allocatedNote != nil else { return .nothing }
        let own = allocatedAddresses
        let ingress = (status.loadBalancer?.ingress ?? []).filter { entry in
            entry.address.map { !own.contains($0) } ?? true
        }
        return .write(
            IngressWrite(
                key: key, resourceVersion: metadata.resourceVersion, ingress: ingress, note: nil))
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
    var ingressAssignment: AddressAssignment {
        var assignment = AddressAssignment(of: self)
        assignment.clusterIPs = []
        assignment.nodePorts = []
        assignment.healthCheckNodePort = nil
        assignment.loadBalancerIPs =
            (status.loadBalancer?.ingress ?? []).compactMap(\.address)
        return assignment
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

extension LoadBalancerIngress {
    /// The address, if the entry has one that can be read.
    var address: IPAddress? { ip.flatMap { IPAddress($0) } }
}
