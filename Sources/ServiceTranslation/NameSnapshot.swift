package import ClusterDNS
package import KubeAPI
package import ServiceModel

/// What is known of the cluster, as far as names need it.
///
/// Takes objects as they arrive and says which Services' records they touch. Kept small: a Service
/// is what its name leads to, and a slice a few bytes.
package struct NameSnapshot: Sendable {
    /// A Service that is there, or whose slices are.
    private struct Entry: Sendable {
        var service: NamedService?
        /// The slices' keys in `slices`, sorted: the very texts, which take no memory twice.
        var slices: [String] = []

        var isHeadless: Bool {
            if case .headless? = service { true } else { false }
        }
    }

    private var entries: [ServiceIdentity: Entry] = [:]
    /// Slices by `NAMESPACE/NAME`: one text takes less than two.
    private var slices: [String: NameSlicePacked] = [:]
    /// Problems of the objects taken since they were last fetched.
    private var problems: [TranslationProblem] = []
    /// Objects that are there and could not be read when they were last told of.
    var unreadable: Set<ObjectKey> = []
    /// The pods' addresses.
    var pods = NamePods()

    /// Nothing is known yet.
    package init() {}

    /// What the zone is to say of a Service; nil if it is not there.
    package func records(for service: ServiceIdentity) -> ServiceRecords? {
        guard let entry = entries[service], let named = entry.service else { return nil }
        switch named {
        case .records(let records): return records
        case .headless(let publishesNotReady):
            let groups = entry.slices.compactMap { key in
                slices[key]?.slice?.group(includingNotReady: publishesNotReady)
            }
            return .headless(HeadlessRecords(groups))
        }
    }

    /// The Services that are there, in no order.
    package var services: some Sequence<ServiceIdentity> {
        entries.lazy.filter { $0.value.service != nil }.map(\.key)
    }

    /// Returns the problems found since the last call, and forgets them.
    package mutating func takeProblems() -> [TranslationProblem] {
        defer { problems = [] }
        return problems
    }

    /// Takes note of an object that is there but cannot be read: the next list of its kind
    /// leaves what is known of it as it is.
    package mutating func keep(_ key: ObjectKey) {
        unreadable.insert(key)
    }

    /// The unreadable objects of a kind, which are forgotten.
    mutating func takeUnreadable(_ kind: ResourceKind) -> Set<ObjectKey> {
        let taken = unreadable.filter { $0.kind == kind }
        unreadable.subtract(taken)
        return taken
    }

    /// The name of an object in one text, no longer than it needs to be.
    private static func text(_ key: ObjectKey) -> String {
        var text = ""
        text.reserveCapacity(key.namespace.utf8.count + 1 + key.name.utf8.count)
        text += key.namespace
        text += "/"
        text += key.name
        return text
    }
}

/// Services.
extension NameSnapshot {
    /// Takes the complete list of Services; returns those whose records may differ.
    package mutating func replaceServices(_ objects: [ServiceObject]) -> Set<ServiceIdentity> {
        let present = Set(objects.map(\.identity)).union(
            takeUnreadable(.services).map {
                ServiceIdentity(namespace: $0.namespace, name: $0.name)
            })
        var touched: Set<ServiceIdentity> = []
        for gone in services.filter({ !present.contains($0) }) {
            touched.formUnion(take(nil, for: gone))
        }
        for object in objects { touched.formUnion(upsert(object)) }
        return touched
    }

    /// Takes a new or changed Service; returns it if its records may differ.
    package mutating func upsert(_ object: ServiceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        let (service, problems) = NameReading.read(object)
        self.problems += problems
        return take(service, for: object.identity)
    }

    /// Forgets a Service; its slices stay known, for it may come back before them.
    package mutating func delete(_ object: ServiceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        return take(nil, for: object.identity)
    }

    private mutating func take(
        _ service: NamedService?, for identity: ServiceIdentity
    ) -> Set<ServiceIdentity> {
        var entry = entries[identity] ?? Entry()
        guard entry.service != service else { return [] }
        entry.service = service
        store(entry, for: identity)
        return [identity]
    }

    private mutating func store(_ entry: Entry, for identity: ServiceIdentity) {
        entries[identity] = entry.service == nil && entry.slices.isEmpty ? nil : entry
    }
}

/// Slices. Those of a Service that is not headless touch nothing.
extension NameSnapshot {
    /// Takes the complete list of slices; returns the Services whose records may differ.
    package mutating func replaceSlices(
        _ objects: [EndpointSliceObject]
    ) -> Set<ServiceIdentity> {
        let present = Set(objects.map(\.key)).union(takeUnreadable(.endpointslices))
        let texts = Set(present.map(Self.text))
        var touched: Set<ServiceIdentity> = []
        for gone in slices.keys.filter({ !texts.contains($0) }) {
            touched.formUnion(take(nil, key: gone))
        }
        for object in objects { touched.formUnion(upsert(object)) }
        return touched
    }

    /// Takes a new or changed slice; returns the Services whose records may differ.
    package mutating func upsert(_ object: EndpointSliceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        let (slice, problems) = NameSliceReading.read(object)
        self.problems += problems
        return take(slice.map(NameSlicePacked.init), key: Self.text(object.key))
    }

    /// Forgets a slice; returns the Service whose records may differ.
    package mutating func delete(_ object: EndpointSliceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        return take(nil, key: Self.text(object.key))
    }

    private mutating func take(_ slice: NameSlicePacked?, key: String) -> Set<ServiceIdentity> {
        let known = slices[key]
        guard known != slice else { return [] }
        slices[key] = slice
        // No namespace has a slash in its name.
        let namespace = String(key.prefix { $0 != "/" })
        var touched: Set<ServiceIdentity> = []
        for owner in Set([known, slice].compactMap { $0?.service }) {
            let identity = ServiceIdentity(namespace: namespace, name: owner)
            var entry = entries[identity] ?? Entry()
            let isOwned = owner == slice?.service
            if isOwned != entry.slices.contains(key) {
                entry.slices =
                    isOwned ? (entry.slices + [key]).sorted() : entry.slices.filter { $0 != key }
            }
            store(entry, for: identity)
            if entry.isHeadless { touched.insert(identity) }
        }
        return touched
    }
}
