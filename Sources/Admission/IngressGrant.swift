import Addressing
import KubeAPI

/// The addresses that one Service is to have, as a writer of its status finds them.
///
/// It has an address of each of its families that the pool has, or what it lacks is said and it
/// keeps what it can of what it has.
struct IngressGrant {
    /// The addresses found, in the order of the Service's families.
    private(set) var addresses: [IPAddress] = []
    private var problems = ProblemList()
    /// What it has and cannot keep.
    private var lost: Set<IPAddress> = []
    private let service: ServiceObject
    private let known: [LoadBalancerIngress]

    init(of service: ServiceObject) {
        self.service = service
        known = service.status.loadBalancer?.ingress ?? []
    }

    /// Whether somebody else has given the Service what it has.
    func isElsewhere(than pool: LoadBalancerPool) -> Bool {
        let own = service.allocatedAddresses
        return !known.allSatisfy { entry in
            guard let address = entry.address else { return false }
            return own.contains(address) || pool.canHold(address)
        }
    }

    /// What the Service lacks; nil if it has everything.
    var error: AdmissionError? {
        problems.isEmpty ? nil : AdmissionError(key: service.key, problems: problems.problems)
    }

    /// What is to be done about the addresses found.
    var decision: IngressDecision {
        let ingress = addresses.map { address in
            known.first { $0.address == address } ?? LoadBalancerIngress(ip: address.description)
        }
        let note = addresses.map(\.description).joined(separator: ",")
        let hasNote = service.allocatedNote.map { $0 == note } ?? !known.isEmpty
        guard ingress != known || !hasNote else { return .nothing }
        return .write(
            IngressWrite(
                key: service.key, resourceVersion: service.metadata.resourceVersion,
                ingress: ingress, note: note))
    }

    /// Takes back addresses that were given here and cannot be kept; nil if there are none.
    func retreat(from pool: LoadBalancerPool) -> IngressDecision? {
        let write = service.withdrawing { !pool.canHold($0) || lost.contains($0) }
        return write.ingress.count < known.count ? .write(write) : nil
    }

    /// Claims an address of each family.
    ///
    /// - Parameters:
    ///   - pool: what others have, without what this Service has.
    ///   - outranks: whether another Service keeps an address before this one.
    mutating func fill(from pool: inout LoadBalancerPool, outranks: (ObjectKey) -> Bool) {
        let families = families(of: pool)
        let text = service.spec.loadBalancerIP ?? ""
        let wanted = IPAddress(text)
        if let wanted {
            problems.checkFamily(of: wanted, isOneOf: families)
        } else if !text.isEmpty {
            problems.checkAddress("spec.loadBalancerIP", text)
        }
        let served = families.filter { pool.serves($0) }
        if served.isEmpty {
            let names = families.map(\.kubernetesName).joined(separator: " and ")
            problems.add(
                "spec.ipFamilies", .exhausted, "no load balancer pool has \(names) addresses")
        }
        for family in served {
            let has = known.compactMap(\.address).first { $0.family == family }
            let keeps = has.map { keep($0, in: &pool, outranks) } ?? false
            if let wanted, wanted.family == family, !keeps || wanted != has {
                claim(wanted, from: &pool)
            } else if let has, keeps {
                addresses.append(has)
            } else if let address = pool.claimLowest(
                family, for: service.key, listeners: service.spec.listeners)
            {
                addresses.append(address)
            } else {
                problems.noLoadBalancerAddress(family)
            }
        }
    }

    private mutating func claim(_ wanted: IPAddress, from pool: inout LoadBalancerPool) {
        let listeners = service.spec.listeners
        if pool.claim(wanted, for: service.key, listeners: listeners) {
            addresses.append(wanted)
        } else {
            noteRefusal(of: wanted, by: pool)
        }
    }

    /// Keeps an address that the Service has, unless it is not of the pool any more, or others
    /// that have it too come first.
    private mutating func keep(
        _ address: IPAddress, in pool: inout LoadBalancerPool, _ outranks: (ObjectKey) -> Bool
    ) -> Bool {
        let listeners = service.spec.listeners
        let isDisputed = pool.rivals(of: service.key, at: address, for: listeners)
            .contains(where: outranks)
        guard pool.canHold(address), !isDisputed else {
            lost.insert(address)
            return false
        }
        pool.note(address, of: service.key, listeners: listeners)
        return true
    }

    private mutating func noteRefusal(of wanted: IPAddress, by pool: LoadBalancerPool) {
        let refusal = pool.refusal(
            of: wanted, to: service.key, listeners: service.spec.listeners)
        guard let refusal else { return }
        problems.add(
            "spec.loadBalancerIP", refusal.code, value: "\"\(wanted)\"", refusal.detail)
    }

    /// The families that the Service has addresses of, its primary one first.
    private func families(of pool: LoadBalancerPool) -> [IPFamily] {
        let stated = (service.spec.ipFamilies ?? []).compactMap(IPFamily.init(kubernetes:))
        let found =
            stated.isEmpty
            ? service.spec.statedClusterIPs.compactMap { IPAddress($0)?.family } : stated
        return found.isEmpty ? [pool.blocks.first?.family ?? .v4] : found
    }
}
