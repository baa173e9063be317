import Addressing
import KubeAPI

/// Why something chosen cannot be had.
struct Refusal: Hashable {
    let code: FieldProblem.Code
    let detail: String

    init(_ code: FieldProblem.Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// Who has it, as the end of a sentence; nothing where nobody is known.
    static func holder(_ owner: ObjectKey?) -> String {
        owner.map { " to \($0.namespace)/\($0.name)" } ?? ""
    }
}

extension LoadBalancerPool {
    /// Why a Service cannot have an address that it asks for; nil if it can.
    func refusal(
        of address: IPAddress, to service: ObjectKey, listeners: Set<Listener>
    ) -> Refusal? {
        guard canHold(address) else {
            let pools = blocks.map(\.description).joined(separator: ", ")
            return Refusal(
                .outOfRange,
                "the address is not in a load balancer pool. The pools are \(pools)")
        }
        let rivals = rivals(of: service, at: address, for: listeners)
        guard let rival = rivals.first else { return nil }
        return Refusal(
            .conflict,
            "the address is already allocated, with one of these ports," + Refusal.holder(rival)
                + "; use other ports or leave it out to be given a free address")
    }
}

extension ProblemList {
    /// There is no address of a family left for a Service that needs one.
    mutating func noLoadBalancerAddress(_ family: IPFamily) {
        add(
            "status.loadBalancer.ingress", .exhausted,
            "failed to allocate an \(family.kubernetesName) load balancer address: the pool "
                + "is full; add a pool or delete Services")
    }

    /// The address that a Service asks for must be of a family that it has.
    mutating func checkFamily(of wanted: IPAddress, isOneOf families: [IPFamily]) {
        guard !families.contains(wanted.family) else { return }
        invalid(
            "spec.loadBalancerIP", "\(wanted)",
            "the Service has no \(wanted.family.kubernetesName) address; state the family in "
                + "`ipFamilies`")
    }
}
