import APIClient
import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import ServiceTranslation

/// What has arrived from the API and is not in the kernel yet.
///
/// While one transaction runs, further changes gather here and go together with the next one;
/// there is no fixed pace.
actor ProxyInbox {
    /// Times of change that are kept while the kernel refuses everything; they are only measured.
    static let triggerLimit = 10_000

    private var snapshot = ClusterSnapshot()
    private var touched: Set<ServiceIdentity> = []
    private var haveNodesChanged = false
    /// The Services that another proxy serves.
    private var others: Set<ServiceIdentity> = []
    private var haveOthersGone = false
    private var arrived: ContinuousClock.Instant?
    private var triggers: [String] = []
    private var listed: Set<ResourceKind> = []
    private var hasStarted = false
    /// Whether nothing is known of the host's addresses of which some are chosen: without them
    /// nodePorts would go from the tables, and come back.
    private var awaitsHostAddresses: Bool
    private var arriving = ArrivingKinds()
    private var plan: NodePlan
    private let problems: @Sendable (String) -> Void
    private let connection: @Sendable (APIClientError?) -> Void
    private let nodeGoing: @Sendable (Bool) -> Void
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - plan: translates what arrives.
    ///   - signal: told whenever there may be work.
    ///   - problems: told what in the objects could not be used.
    ///   - nodeGoing: told whether this host's Node is being deleted.
    ///   - connection: told nil when changes of all kinds arrive, and the reason when not.
    init(
        plan: NodePlan, signal: AsyncStream<Void>.Continuation,
        problems: @escaping @Sendable (String) -> Void,
        nodeGoing: @escaping @Sendable (Bool) -> Void = { _ in },
        connection: @escaping @Sendable (APIClientError?) -> Void
    ) {
        self.plan = plan
        awaitsHostAddresses =
            plan.configuration.nodePortAddresses.dependOnHost && plan.hostAddresses == nil
        self.signal = signal
        self.problems = problems
        self.connection = connection
        self.nodeGoing = nodeGoing
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
        case .upserted(let object):
            let touched = snapshot.upsert(object)
            if !touched.isEmpty, triggers.count < Self.triggerLimit,
                let trigger = object.metadata.annotations?[WellKnown.lastChangeTriggerTime]
            {
                triggers.append(trigger)
            }
            note(touched: touched)
        case .deleted(let object): note(touched: snapshot.delete(object))
        case .unreadable(let object): keep(object)
        case .connected: note(.endpointslices, nil)
        case .disconnected(let error): note(.endpointslices, error)
        }
    }

    /// Takes the addresses that this host has now; nil if they cannot be read.
    func take(hostAddresses: [IPAddress]?) {
        awaitsHostAddresses = false
        guard let hostAddresses else { return finish() }
        let before = plan.nodePortAddresses(in: snapshot)
        plan.hostAddresses = hostAddresses
        noteNodes(changed: plan.nodePortAddresses(in: snapshot) != before)
    }

    func take(nodes change: ObjectChange<NodeObject>) {
        switch change {
        case .listed(let objects, _):
            let wasKnown = isNodeKnown
            let haveChanged = snapshot.replaceNodes(objects)
            if let object = objects.first(where: isOwn) {
                nodeGoing(object.isGoing)
            } else if wasKnown, !isNodeKnown {
                // Its deletion came while nobody watched.
                nodeGoing(true)
            }
            noteNodes(changed: haveChanged, listed: .nodes)
        case .upserted(let object):
            if isOwn(object) { nodeGoing(object.isGoing) }
            noteNodes(changed: snapshot.upsert(object))
        case .deleted(let object):
            if isOwn(object) { nodeGoing(true) }
            noteNodes(changed: snapshot.delete(object))
        case .unreadable(let object): keep(object)
        case .connected: note(.nodes, nil)
        case .disconnected(let error): note(.nodes, error)
        }
    }

    /// Whether there is a Node object for this host.
    private var isNodeKnown: Bool { snapshot.nodes[plan.configuration.nodeName] != nil }

    private func isOwn(_ object: NodeObject) -> Bool {
        object.metadata.name == plan.configuration.nodeName
    }

    /// What is known of an object that cannot be read stays in force.
    private func keep(_ object: UnreadableObject) {
        if let key = object.key { snapshot.keep(key) }
        problems(object.description)
    }

    /// Takes everything that waits; nil if nothing does or not all is known yet that is needed.
    func takeWork() -> Work? {
        guard listed.count == 3, !awaitsHostAddresses else { return nil }
        guard hasWork else { return nil }
        defer {
            hasStarted = true
            touched = []
            haveNodesChanged = false
            haveOthersGone = false
            arrived = nil
            triggers = []
        }
        let isComplete = !hasStarted || haveNodesChanged
        let names = isComplete ? Set(snapshot.services.keys).union(touched) : touched
        return Work(
            updates: names.sorted().map {
                Update(
                    service: $0, translated: plan.translate($0, in: snapshot),
                    duties: plan.duties(of: $0, in: snapshot))
            },
            isComplete: !hasStarted,
            surroundings: isComplete ? plan.surroundings(in: snapshot) : nil,
            nodeAddresses: plan.nodeAddresses(in: snapshot),
            nodePortAddresses: plan.nodePortAddresses(in: snapshot),
            isNodeKnown: isNodeKnown,
            arrived: arrived ?? .now, triggers: triggers, haveOthersGone: haveOthersGone)
    }

    /// Puts work back that could not be carried out.
    func putBack(_ work: Work) {
        if work.isComplete { hasStarted = false }
        if work.surroundings != nil { haveNodesChanged = true }
        haveOthersGone = haveOthersGone || work.haveOthersGone
        touched.formUnion(work.updates.map(\.service))
        arrived = work.arrived
        triggers = Array((work.triggers + triggers).prefix(Self.triggerLimit))
    }

    /// Has these Services carried out once more, as they are now.
    func tryAgain(_ services: Set<ServiceIdentity>) {
        touched.formUnion(services)
        finish()
    }

    private var hasWork: Bool { !hasStarted || !touched.isEmpty || haveNodesChanged }

    /// When the oldest change arrived that is not in the kernel yet.
    var oldestWaiting: ContinuousClock.Instant? { arrived }

    /// The ClusterIPs of Services that another proxy serves.
    var othersClusterIPs: Set<IPAddress> {
        Set(others.lazy.compactMap { self.snapshot.services[$0] }.flatMap(\.clusterIPs))
    }

    /// Those of these places, outside the service ranges, that no other proxy has Services at.
    func notServedByOthers(_ places: Set<SocketEndpoint>) -> Set<SocketEndpoint> {
        let services = others.compactMap { snapshot.services[$0] }
        let addresses = Set(services.flatMap { $0.externalIPs + $0.loadBalancerIPs })
        let ports = Set(services.flatMap(\.ports).compactMap(\.nodePort))
        return places.filter { !addresses.contains($0.address) && !ports.contains($0.port) }
    }

    private func note(_ kind: ResourceKind, _ error: APIClientError?) {
        connection(arriving.note(kind, error))
    }

    private func note(touched new: Set<ServiceIdentity>, listed kind: ResourceKind? = nil) {
        if let kind { listed.insert(kind) }
        touched.formUnion(new)
        for service in new {
            if snapshot.services[service]?.skipsProxy == true {
                others.insert(service)
            } else if others.remove(service) != nil {
                haveOthersGone = true
            }
        }
        finish()
    }

    private func noteNodes(changed: Bool, listed kind: ResourceKind? = nil) {
        if let kind { listed.insert(kind) }
        haveNodesChanged = haveNodesChanged || changed
        finish()
    }

    private func finish() {
        for problem in snapshot.takeProblems() { problems(problem.description) }
        guard hasWork else { return }
        if arrived == nil { arrived = .now }
        signal.yield()
    }
}
