package import KubeAPI

/// Which load balancer addresses Services have, by their status, and which of them wait to be given
/// others.
///
/// For a writer among others: the API's objects are the state, what a status says is taken, and
/// whoever knows the same objects decides the same. What the writer gave is noted in an annotation
/// of the Service, written together with the status; only that is ever taken back.
package struct IngressLedger: Sendable {
    /// Which Services it is about, and where addresses come from.
    package let policy: IngressPolicy
    var pool: LoadBalancerPool
    private(set) var services: [ObjectKey: ServiceObject] = [:]
    private var held: [ObjectKey: IngressClaim] = [:]
    private var undecided: Set<ObjectKey> = []
    private var refused: Set<ObjectKey> = []
    /// Services that are there and could not be read when they were last told of.
    private var unreadable: Set<ObjectKey> = []

    /// A ledger without Services.
    package init(_ policy: IngressPolicy) {
        self.policy = policy
        pool = LoadBalancerPool(blocks: policy.blocks)
    }

    // MARK: What arrives

    /// Takes the complete list of Services.
    package mutating func replace(_ objects: [ServiceObject]) {
        let present = Set(objects.map(\.key)).union(unreadable)
        unreadable = []
        for key in services.keys where !present.contains(key) { delete(key) }
        for object in objects { take(object) }
    }

    /// Takes a new or changed Service; not one that is older than what is known.
    package mutating func upsert(_ object: ServiceObject) {
        unreadable.remove(object.key)
        guard let known = services[object.key] else { return take(object) }
        let isSame = known.metadata.uid == object.metadata.uid
        if !isSame || !object.isOlder(than: known) { take(object) }
    }

    /// Takes what the API answered: nothing that the watch has already told the end of.
    package mutating func learn(_ object: ServiceObject) {
        guard services[object.key]?.metadata.uid == object.metadata.uid else { return }
        upsert(object)
    }

    /// Forgets a Service; its addresses are free.
    package mutating func delete(_ key: ObjectKey) {
        unreadable.remove(key)
        guard services.removeValue(forKey: key) != nil else { return }
        undecided.remove(key)
        refused.remove(key)
        hold(nil, by: key)
    }

    /// Whether the Service is one that has, had or may need an address.
    package func knows(_ key: ObjectKey) -> Bool { services[key] != nil }

    /// Takes note of a Service that is there but cannot be read: what is known of it stays,
    /// also if the next list does not have it.
    package mutating func keep(_ key: ObjectKey) { unreadable.insert(key) }

    private mutating func take(_ object: ServiceObject) {
        let key = object.key
        guard object.concernsLoadBalancers else { return delete(key) }
        services[key] = object
        let has = object.ingressClaim
        hold(has, by: key)
        undecided.insert(key)
        for address in has.addresses {
            undecided.formUnion(pool.rivals(of: key, at: address, for: has.listeners))
        }
    }

    // MARK: What follows

    /// Has a Service decided about once more.
    package mutating func putBack(_ key: ObjectKey) {
        if services[key] != nil { undecided.insert(key) }
    }

    /// The Services to decide about, those first that ask for a certain address, then the older.
    package mutating func takeUndecided() -> [ObjectKey] {
        defer { undecided = [] }
        return undecided.compactMap { services[$0] }
            .sorted { ($0.asksLast, $0.age, $0.key) < ($1.asksLast, $1.age, $1.key) }
            .map(\.key)
    }

    /// Says what is to be done about a Service, and counts on it being done.
    package mutating func decide(_ key: ObjectKey) -> IngressDecision {
        undecided.remove(key)
        refused.remove(key)
        guard let service = services[key], service.metadata.deletionTimestamp == nil else {
            return .nothing
        }
        guard policy.serves(service) else {
            let wasGiven = service.allocatedNote != nil
            return wasGiven ? .write(service.withdrawing { _ in true }) : .nothing
        }
        var grant = IngressGrant(of: service)
        guard !grant.isElsewhere(than: pool) else { return .nothing }
        let has = service.ingressClaim
        for address in held[key]?.addresses ?? [] { pool.release(address, for: key) }
        grant.fill(from: &pool) { [services, policy] rival in
            guard let other = services[rival], policy.serves(other) else { return true }
            return (other.age, rival) < (service.age, key)
        }
        // Until the API has confirmed it, both what it has and what it is to have are taken.
        var both = has
        if grant.error == nil {
            both.addresses += grant.addresses.filter { !has.addresses.contains($0) }
        } else {
            for address in grant.addresses { pool.release(address, for: key) }
        }
        for address in both.addresses {
            pool.note(address, of: key, listeners: both.listeners)
        }
        held[key] = both
        guard let error = grant.error else { return grant.decision }
        if let retreat = grant.retreat(from: pool) { return retreat }
        refused.insert(key)
        return .refused(error)
    }

    /// Counts these addresses as a Service's, and no others.
    private mutating func hold(_ new: IngressClaim?, by key: ObjectKey) {
        let old = held[key]
        guard old != new else { return }
        for address in old?.addresses ?? [] { pool.release(address, for: key) }
        if let new {
            for address in new.addresses {
                pool.note(address, of: key, listeners: new.listeners)
            }
        }
        held[key] = new
        // What is given back, or shared with other ports, may be what somebody waits for.
        if old != nil { undecided.formUnion(refused) }
    }
}
