import APIClient
import Addressing
import KubeAPI
import ServiceModel
import ServiceTranslation

/// What has arrived from the API and from the checks, and is not in the kernel yet.
///
/// While one transaction runs, further changes gather here and go together with the next one: a
/// node's death is one transaction, however many Services it takes part in.
actor BalancerInbox {
    /// What is to be carried out now.
    struct Work: Sendable {
        /// What the plan says.
        let step: BalancerPlan.Step
        /// True if the step holds all Services there are.
        let isComplete: Bool
        /// When the oldest change in it arrived, or was decided.
        let arrived: ContinuousClock.Instant
        /// When the first change of mind about a node in it was decided; nil without any.
        let decided: ContinuousClock.Instant?
        /// The names of the nodes that may take traffic, and whether they do everywhere.
        let nodes: [String: Bool]
        /// How many Services use nodes that checks speak against.
        let failingOpen: Int
        /// All addresses of Services, held or not.
        let addresses: Set<IPAddress>
    }

    private(set) var plan: BalancerPlan
    private let board: HealthBoard
    private let ejections: EjectionBoard?
    private let signal: AsyncStream<Void>.Continuation
    private let problems: @Sendable (String) -> Void
    private let connection: @Sendable (APIClientError?) -> Void
    /// Of what the API has said all that there is, or that it will not say it.
    private var listed: Set<ResourceKind> = []
    private var arriving = ArrivingKinds()
    private var hasStarted = false
    private var arrived: ContinuousClock.Instant?

    /// - Parameters:
    ///   - plan: says what is to be done.
    ///   - board: where the checks' outcomes are.
    ///   - ejections: where it is which targets' connections fail.
    ///   - signal: told whenever there may be work.
    ///   - problems: told what in the objects could not be used.
    ///   - connection: told nil when changes of all kinds arrive, and the reason when not.
    init(
        plan: BalancerPlan, board: HealthBoard, ejections: EjectionBoard? = nil,
        signal: AsyncStream<Void>.Continuation,
        problems: @escaping @Sendable (String) -> Void,
        connection: @escaping @Sendable (APIClientError?) -> Void
    ) {
        self.plan = plan
        self.board = board
        self.ejections = ejections
        self.signal = signal
        self.problems = problems
        self.connection = connection
    }

    /// What is known of an object that cannot be read stays in force.
    private func keep(_ object: UnreadableObject) {
        if let key = object.key { plan.keep(key) }
        problems(object.description)
    }

    func take(services change: ObjectChange<ServiceObject>) {
        switch change {
        case .listed(let objects, _):
            plan.replaceServices(objects)
            listed.insert(.services)
        case .upserted(let object): plan.upsert(object)
        case .deleted(let object): plan.delete(object)
        case .unreadable(let object): keep(object)
        case .connected: connection(arriving.note(.services, nil))
        case .disconnected(let error): connection(arriving.note(.services, error))
        }
        announce()
    }

    func take(nodes change: ObjectChange<NodeObject>) {
        switch change {
        case .listed(let objects, _):
            plan.replaceNodes(objects)
            listed.insert(.nodes)
        case .upserted(let object): plan.upsert(object)
        case .deleted(let object): plan.delete(object)
        case .unreadable(let object): keep(object)
        case .connected: connection(arriving.note(.nodes, nil))
        case .disconnected(let error): connection(arriving.note(.nodes, error))
        }
        announce()
    }

    func take(slices change: ObjectChange<EndpointSliceObject>) {
        switch change {
        case .listed(let objects, _):
            plan.replaceSlices(objects)
            listed.insert(.endpointslices)
        case .upserted(let object): plan.upsert(object)
        case .deleted(let object): plan.delete(object)
        // Whether a Service has endpoints is a hint: nothing is lost without.
        case .unreadable(let object): problems(object.description)
        case .disconnected(let error):
            if error.code == .refused { listed.insert(.endpointslices) }
        case .connected: break
        }
        announce()
    }

    /// Takes an order for a node; nil, and nothing is done, if there is no such node or Service.
    func give(_ order: NodeOrder) -> NodeOrders? {
        guard plan.knows(order.place) else { return nil }
        plan.give(order)
        announce()
        return plan.orders
    }

    /// Whether traffic would find a healthy node, for any Service if there is one.
    var servesAny: Bool { plan.servesAny }

    /// The targets that are drained.
    var draining: [DrainingTarget] { plan.draining.values.flatMap(\.self) }

    /// Takes everything that waits; nil if nothing does or not all kinds are known yet.
    ///
    /// Checks that begin or end with the work are on the board when this returns.
    func takeWork() -> Work? {
        guard listed.count == 3 else { return nil }
        let news = board.takeNews()
        plan.note(changed: news.changed)
        if let ejections { plan.note(ejectedOf: ejections.takeChanged()) }
        guard plan.hasWork || !hasStarted else { return nil }
        var standings = CheckStandings()
        let step = plan.takeStep { [board, ejections] step in
            board.change(starting: step.startedChecks, ending: step.endedChecks)
            standings = board.standings
            if let ejections { standings.ejected = ejections.ejected }
            return standings
        }
        if let ejections {
            for (service, targets) in step.observed { ejections.watch(service, targets) }
        }
        defer {
            hasStarted = true
            arrived = nil
        }
        return Work(
            step: step, isComplete: !hasStarted,
            arrived: [arrived, news.decided].compactMap { $0 }.min() ?? .now,
            decided: news.decided, nodes: nodes(unhealthy: standings.unhealthy),
            failingOpen: plan.failingOpen.count, addresses: plan.addresses)
    }

    /// Puts work back that could not be carried out.
    func putBack(_ work: Work) {
        if work.isComplete { hasStarted = false }
        plan.putBack(work.step.updates.map(\.service))
        arrived = min(work.arrived, arrived ?? work.arrived)
    }

    /// When the oldest change arrived that is not in the kernel yet.
    var oldestWaiting: ContinuousClock.Instant? { arrived }

    private func nodes(unhealthy: Set<HealthCheck>) -> [String: Bool] {
        let addresses = Set(
            unhealthy.filter(plan.assignment.speaksForNode).map(\.socket.address))
        return Dictionary(
            plan.nodes.map { ($0.name, addresses.isDisjoint(with: $0.addresses)) },
            uniquingKeysWith: { first, _ in first })
    }

    private func announce() {
        for problem in plan.takeProblems() { problems(problem.description) }
        guard plan.hasWork || !hasStarted else { return }
        if arrived == nil { arrived = .now }
        signal.yield()
    }
}
