import Addressing
package import ClusterDNS
package import KubeAPI

/// The addresses that pods have: several pods on their host's network share one.
struct NamePods: Sendable {
    private var addresses: [ObjectKey: [PodAddress]] = [:]
    private var counts: [PodAddress: Int] = [:]

    var names: some Sequence<ObjectKey> { addresses.keys }

    func contains(_ address: PodAddress) -> Bool { counts[address] != nil }

    /// Takes a pod's addresses; returns those that nobody had before, or nobody has now.
    mutating func set(_ new: [PodAddress], for name: ObjectKey) -> Set<PodAddress> {
        let known = addresses[name] ?? []
        guard known != new else { return [] }
        addresses[name] = new.isEmpty ? nil : new
        let concerned = Set(known).union(new)
        let before = concerned.filter(contains)
        for address in new { counts[address, default: 0] += 1 }
        for address in known {
            let count = counts[address, default: 0] - 1
            counts[address] = count > 0 ? count : nil
        }
        return before.symmetricDifference(concerned.filter(contains))
    }
}

/// Pods, which only `PodRecords.verified` needs.
extension NameSnapshot {
    /// Whether a pod has this address: what `ClusterZone.setPod` wants to know.
    package func hasPod(_ address: PodAddress) -> Bool { pods.contains(address) }

    /// Takes the complete list of pods; returns the addresses that came or went.
    package mutating func replacePods(_ objects: [PodObject]) -> Set<PodAddress> {
        let present = Set(objects.map(\.key)).union(takeUnreadable(.pods))
        var touched: Set<PodAddress> = []
        // An address may go with one pod and come with another: what counts is the end.
        for object in objects {
            touched.formSymmetricDifference(upsert(object))
        }
        for gone in pods.names.filter({ !present.contains($0) }) {
            touched.formSymmetricDifference(pods.set([], for: gone))
        }
        return touched
    }

    /// Takes a new or changed pod; returns the addresses that came or went.
    package mutating func upsert(_ object: PodObject) -> Set<PodAddress> {
        unreadable.remove(object.key)
        return pods.set(Self.addresses(of: object), for: object.key)
    }

    /// Forgets a pod; returns the addresses that went.
    package mutating func delete(_ object: PodObject) -> Set<PodAddress> {
        unreadable.remove(object.key)
        return pods.set([], for: object.key)
    }

    /// A pod's addresses; one that is done or going has none, for they may be another's by now.
    private static func addresses(of object: PodObject) -> [PodAddress] {
        guard object.metadata.deletionTimestamp == nil,
            object.status.phase != "Succeeded", object.status.phase != "Failed",
            let namespace = NameLabel(object.key.namespace)
        else { return [] }
        let texts =
            object.status.podIPs?.compactMap(\.ip) ?? object.status.podIP.map { [$0] } ?? []
        return texts.compactMap { IPAddress($0) }.map {
            PodAddress(namespace: namespace, address: $0)
        }
    }
}
