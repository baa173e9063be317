import APIClient
import Addressing
import ClusterDNS
import KubeAPI
import ServiceModel
import ServiceTranslation

/// What has arrived from the API and is not answered yet.
///
/// While one change is published, further ones gather here and go together with the next.
actor NameInbox {
    /// What is to be published now.
    struct Work: Sendable {
        /// Services with their records; one that is gone has none.
        var services: [(service: ServiceIdentity, records: ServiceRecords?)]
        /// Addresses of pods that came or went.
        var pods: [(pod: PodAddress, exists: Bool)]
        /// True if with these all names are known.
        var isComplete: Bool
        /// What is known of nodes, if that has changed.
        var nodes: NodeBook?
        /// When the oldest of these changes arrived.
        var arrived: ContinuousClock.Instant
    }

    private var snapshot = NameSnapshot()
    private var nodes = NodeBook()
    private var unreadableNodes: Set<String> = []
    private var touched: Set<ServiceIdentity> = []
    private var touchedPods: Set<PodAddress> = []
    private var haveNodesChanged = false
    private var isFirst = true
    private var mustCount = false
    private var hasListed = false
    private var arrived: ContinuousClock.Instant?
    private var listed: Set<ResourceKind> = []
    private var arriving = ArrivingKinds()
    private let needed: Set<ResourceKind>
    private let problems: @Sendable (String) -> Void
    private let connection: @Sendable (APIClientError?) -> Void
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - needed: the kinds that must be known before it can be said that there is no such name.
    ///   - signal: told whenever there may be work.
    ///   - problems: told what in the objects could not be used.
    ///   - connection: told nil when changes of all kinds arrive, and the reason when not.
    init(
        needed: Set<ResourceKind>, signal: AsyncStream<Void>.Continuation,
        problems: @escaping @Sendable (String) -> Void,
        connection: @escaping @Sendable (APIClientError?) -> Void
    ) {
        self.needed = needed
        self.signal = signal
        self.problems = problems
        self.connection = connection
    }

    func take(services change: ObjectChange<ServiceObject>) {
        switch change {
        case .listed(let objects, _):
            note(touched: snapshot.replaceServices(objects), listed: .services)
        case .upserted(let object): note(touched: snapshot.upsert(object))
        case .deleted(let object): note(touched: snapshot.delete(object))
        case .unreadable(let object): keep(object)
        case .connected: note(.services, nil)
        case .disconnected(let error): note(.services, error)
        }
    }

    func take(slices change: ObjectChange<EndpointSliceObject>) {
        switch change {
        case .listed(let objects, _):
            note(touched: snapshot.replaceSlices(objects), listed: .endpointslices)
        case .upserted(let object): note(touched: snapshot.upsert(object))
        case .deleted(let object): note(touched: snapshot.delete(object))
        case .unreadable(let object): keep(object)
        case .connected: note(.endpointslices, nil)
        case .disconnected(let error): note(.endpointslices, error)
        }
    }

    func take(pods change: ObjectChange<PodObject>) {
        switch change {
        case .listed(let objects, _):
            note(pods: snapshot.replacePods(objects), listed: .pods)
        case .upserted(let object): note(pods: snapshot.upsert(object))
        case .deleted(let object): note(pods: snapshot.delete(object))
        case .unreadable(let object): keep(object)
        case .connected: note(.pods, nil)
        case .disconnected(let error): note(.pods, error)
        }
    }

    func take(nodes change: ObjectChange<NodeObject>) {
        switch change {
        case .listed(let objects, _):
            let changed = nodes.replace(objects, keeping: unreadableNodes)
            unreadableNodes = []
            // The first list counts as a change even if it is empty.
            noteNodes(changed: listed.insert(.nodes).inserted || changed)
        case .upserted(let object):
            unreadableNodes.remove(object.key.name)
            noteNodes(changed: nodes.upsert(object))
        case .deleted(let object):
            unreadableNodes.remove(object.key.name)
            noteNodes(changed: nodes.delete(object))
        case .unreadable(let object):
            if let name = object.key?.name { unreadableNodes.insert(name) }
            problems(object.description)
        case .connected: note(.nodes, nil)
        case .disconnected(let error): note(.nodes, error)
        }
    }

    /// Takes everything that waits; nil if nothing does.
    ///
    /// Names are not given out before all of them are known; what is known of nodes is.
    func takeWork() -> Work? {
        let isComplete = listed.isSuperset(of: needed)
        let hasNames = isComplete && (isFirst || !touched.isEmpty || !touchedPods.isEmpty)
        guard hasNames || haveNodesChanged else { return nil }
        let work = Work(
            services: hasNames ? touched.map { ($0, snapshot.records(for: $0)) } : [],
            pods: hasNames ? touchedPods.map { ($0, snapshot.hasPod($0)) } : [],
            isComplete: isComplete, nodes: haveNodesChanged ? nodes : nil,
            arrived: arrived ?? .now)
        haveNodesChanged = false
        if hasNames {
            isFirst = false
            mustCount = true
            touched = []
            touchedPods = []
        }
        if isComplete { arrived = nil }
        return work
    }

    /// How many Services there are, if that may have changed since this was last called.
    ///
    /// Goes through all of them: not to be called for every change.
    func takeServiceCount() -> Int? {
        guard mustCount else { return nil }
        mustCount = false
        return snapshot.services.reduce(into: 0) { count, _ in count += 1 }
    }

    /// Whether a whole list has been taken, and published, since this was last called.
    func takeHasListed() -> Bool {
        guard hasListed, touched.isEmpty else { return false }
        hasListed = false
        return true
    }

    /// What is known of an object that cannot be read stays in force.
    private func keep(_ object: UnreadableObject) {
        if let key = object.key { snapshot.keep(key) }
        problems(object.description)
    }

    private func note(_ kind: ResourceKind, _ error: APIClientError?) {
        connection(arriving.note(kind, error))
    }

    private func note(touched new: Set<ServiceIdentity>, listed kind: ResourceKind? = nil) {
        touched.formUnion(new)
        finish(!new.isEmpty, listed: kind)
    }

    private func note(pods new: Set<PodAddress>, listed kind: ResourceKind? = nil) {
        touchedPods.formUnion(new)
        finish(!new.isEmpty, listed: kind)
    }

    private func noteNodes(changed: Bool) {
        haveNodesChanged = haveNodesChanged || changed
        finish(changed, listed: nil)
    }

    private func finish(_ hasChanged: Bool, listed kind: ResourceKind?) {
        for problem in snapshot.takeProblems() { problems(problem.description) }
        let isNew = kind.map { listed.insert($0).inserted } ?? false
        hasListed = hasListed || kind != nil
        guard hasChanged || isNew else { return }
        if arrived == nil { arrived = .now }
        signal.yield()
    }
}
