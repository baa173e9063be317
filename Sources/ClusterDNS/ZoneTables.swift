import Addressing
import DNSMessage
import HashTreeCollections

/// Everything in the zone that changes.
///
/// Trees that share what is equal: a copy is a few pointers, and a change makes new the path to
/// what changed.
struct ZoneTables: Equatable, Sendable {
    /// What there is of each Service, by the Service's full name.
    private var services: TreeDictionary<DomainName, ServiceRecords> = [:]
    /// How many Services and pods each namespace has; one with none does not exist.
    private var namespaces: TreeDictionary<NameLabel, Int> = [:]
    /// Whose each address is.
    private(set) var pointers = PointerTable()
    /// The addresses that pods are known to have.
    private var pods: TreeSet<PodAddress> = []

    /// What there is of the Service with this full name, if there is one.
    func records(at name: DomainName) -> ServiceRecords? { services[name] }

    /// Every Service by its full name, in no order.
    var allServices: some Sequence<(key: DomainName, value: ServiceRecords)> { services }

    /// Whether there is a Service or a pod in a namespace.
    func hasNamespace(_ namespace: NameLabel) -> Bool { namespaces[namespace] != nil }

    /// Whether a pod is known to have this address.
    func hasPod(_ pod: PodAddress) -> Bool { pods.contains(pod) }

    /// Every address that pods are known to have, in no order.
    var allPods: [PodAddress] { Array(pods) }

    /// Takes what there now is of a Service; true if that differs from what there was.
    ///
    /// A Service without records still is one: its namespace exists.
    mutating func set(
        _ records: ServiceRecords?, owner: DomainName, namespace: NameLabel
    ) -> Bool {
        let before = services[owner]
        guard before != records else { return false }
        services[owner] = records
        count(namespace, (records == nil ? 0 : 1) - (before == nil ? 0 : 1))
        let old = before?.pointers ?? []
        let new = records?.pointers ?? []
        for gone in old.subtracting(new) {
            guard let target = Self.target(of: gone, owner) else { continue }
            pointers.remove(target, for: gone.address)
        }
        for added in new.subtracting(old) {
            guard let target = Self.target(of: added, owner) else { continue }
            pointers.insert(target, for: added.address)
        }
        return true
    }

    /// Takes note whether there is a pod with this address; true if that is news.
    mutating func setPod(_ pod: PodAddress, exists: Bool) -> Bool {
        guard pods.contains(pod) != exists else { return false }
        if exists { pods.insert(pod) } else { pods.remove(pod) }
        count(pod.namespace, exists ? 1 : -1)
        return true
    }

    private mutating func count(_ namespace: NameLabel, _ difference: Int) {
        guard difference != 0 else { return }
        let count = namespaces[namespace, default: 0] + difference
        namespaces[namespace] = count > 0 ? count : nil
    }

    /// The name that a reverse name leads to; nil if it would be too long for a name.
    private static func target(of source: PointerSource, _ owner: DomainName) -> DomainName? {
        guard let hostname = source.hostname else { return owner }
        return owner.prepending(hostname.text)
    }
}
