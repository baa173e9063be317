package import Addressing
import Forwarding
package import KubeAPI
package import ServiceModel
package import ServiceTranslation

/// What a balancer should have in its tables, check and announce, from what is known of the
/// cluster and of its nodes' health.
///
/// Takes what arrives and remembers which Services it touches; the work of a step is theirs. Pure.
package struct BalancerPlan: Sendable {
    private struct Use: Sendable {
        var checks: Set<HealthCheck> = []
        var addresses: [IPAddress] = []
    }

    /// Which checks decide about what.
    package let assignment: CheckAssignment
    /// How the balancer makes up its mind beside the checks.
    package let rules: BalancerRules
    /// What people ordered.
    package private(set) var orders: NodeOrders
    let frontends: BalancerFrontends
    /// For Services whose nodes without an endpoint cannot be told from dead ones.
    let strictFrontends: BalancerFrontends
    private(set) var snapshot = ClusterSnapshot()
    private(set) var endpoints = BalancerEndpoints()
    private(set) var eligibleNodes: [NodeIdentity] = []
    /// Those that are left out for a while: most often they are dead, and their checks knew first.
    private(set) var absentNodes: [NodeIdentity] = []
    private(set) var nodesByName: [String: NodeIdentity] = [:]
    /// Services whose checks and addresses may be others than before.
    private var touched: Set<ServiceIdentity> = []
    /// Services with the same checks, some of which changed their mind.
    private var judged: Set<ServiceIdentity> = []
    /// The Services that the balancer serves.
    private(set) var checkedServices: [ServiceIdentity: CheckedService] = [:]
    /// The checks of the Service that was reviewed last.
    private(set) var recentChecks: [[HealthCheck]] = []
    private var uses: [ServiceIdentity: Use] = [:]
    private var users: [HealthCheck: Set<ServiceIdentity>] = [:]
    private var holders: [IPAddress: Int] = [:]
    /// All addresses of Services, held or not.
    package private(set) var addresses: Set<IPAddress> = []
    var offers: [ServiceIdentity: Offer] = [:]
    /// How many Services have something to offer at an address.
    var offerCounts: [IPAddress: Int] = [:]
    /// The addresses that are to be held: those whose Services have somebody to send to.
    package internal(set) var heldAddresses: Set<IPAddress> = []
    /// The targets that are drained, by Service.
    package internal(set) var draining: [ServiceIdentity: [DrainingTarget]] = [:]
    /// Services some of whose nodes are used although checks speak against them.
    package internal(set) var failingOpen: Set<ServiceIdentity> = []

    /// Nothing is known yet.
    package init(
        _ assignment: CheckAssignment, rules: BalancerRules = BalancerRules(),
        orders: NodeOrders = NodeOrders()
    ) {
        self.assignment = assignment
        self.rules = rules
        self.orders = orders
        frontends = BalancerFrontends(
            panicThreshold: rules.panicThreshold, method: rules.method)
        strictFrontends = BalancerFrontends(method: rules.method)
    }

    /// The nodes that may take traffic if they are well, in order of their names.
    package var nodes: [NodeIdentity] { eligibleNodes }

    /// The nodes that are left out whatever checks would say, in order of their names.
    package var leftOutNodes: [(node: NodeIdentity, objection: NodeObjection)] {
        snapshot.nodes.values.sorted { $0.name < $1.name }.compactMap { node in
            rules.objection(to: node).map { (node, $0) }
        }
    }

    /// The Services that a check decides about.
    package func services(using check: HealthCheck) -> Set<ServiceIdentity> { users[check] ?? [] }

    /// Whether anything arrived since the last step.
    package var hasWork: Bool { !touched.isEmpty || !judged.isEmpty }

    // MARK: What arrives

    /// Takes the complete list of Services.
    package mutating func replaceServices(_ objects: [ServiceObject]) {
        touched.formUnion(snapshot.replaceServices(objects))
    }

    /// Takes a new or changed Service.
    package mutating func upsert(_ object: ServiceObject) {
        touched.formUnion(snapshot.upsert(object))
    }

    /// Forgets a Service.
    package mutating func delete(_ object: ServiceObject) {
        touched.formUnion(snapshot.delete(object))
    }

    /// Takes the complete list of nodes.
    package mutating func replaceNodes(_ objects: [NodeObject]) {
        if snapshot.replaceNodes(objects) { noteNodes() }
    }

    /// Takes a new or changed node.
    package mutating func upsert(_ object: NodeObject) {
        if snapshot.upsert(object) { noteNodes() }
    }

    /// Forgets a node.
    package mutating func delete(_ object: NodeObject) {
        if snapshot.delete(object) { noteNodes() }
    }

    /// Takes the complete list of slices.
    package mutating func replaceSlices(_ objects: [EndpointSliceObject]) {
        touch(endpoints.replace(objects))
    }

    /// Takes a new or changed slice.
    package mutating func upsert(_ object: EndpointSliceObject) { touch(endpoints.upsert(object)) }

    /// Forgets a slice.
    package mutating func delete(_ object: EndpointSliceObject) { touch(endpoints.delete(object)) }

    /// Takes an order for a node.
    package mutating func give(_ order: NodeOrder) {
        orders.give(order)
        touchAll()
    }

    /// Takes note of checks that changed their mind.
    package mutating func note(changed checks: Set<HealthCheck>) {
        for check in checks { judged.formUnion(users[check] ?? []) }
    }

    /// Takes note of Services with other ejected targets than before.
    package mutating func note(ejectedOf services: Set<ServiceIdentity>) {
        judged.formUnion(services.filter { snapshot.services[$0]?.isLoadBalancer == true })
    }

    /// Has these Services translated again: what came of it the last time was lost.
    package mutating func putBack(_ services: some Sequence<ServiceIdentity>) {
        judged.formUnion(services)
    }

    /// Takes note of an object that is there but cannot be read; see `ClusterSnapshot.keep`.
    package mutating func keep(_ key: ObjectKey) { snapshot.keep(key) }

    /// Returns the problems of the objects that arrived since the last call.
    package mutating func takeProblems() -> [TranslationProblem] { snapshot.takeProblems() }

    private mutating func noteNodes() {
        let nodes = snapshot.nodes.values.sorted { $0.name < $1.name }
        let eligible = nodes.filter { rules.objection(to: $0) == nil }
        let absent = nodes.filter { rules.objection(to: $0) == .notReady }
        guard eligible != eligibleNodes || absent != absentNodes else { return }
        eligibleNodes = eligible
        absentNodes = absent
        nodesByName = Dictionary(
            eligible.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        touchAll()
    }

    private mutating func touchAll() {
        touched.formUnion(snapshot.services.values.filter(\.isLoadBalancer).map(\.identity))
    }

    private mutating func touch(_ services: Set<ServiceIdentity>) {
        touched.formUnion(services.filter { snapshot.services[$0]?.isLoadBalancer == true })
    }

    // MARK: What follows

    /// Says what is to be done now, and counts on it being done.
    ///
    /// - Parameter standings: told the step with the checks that begin and end with it; returns
    ///   what all checks say, those that begin among them.
    /// - Returns: what is to be done, for the touched Services alone.
    package mutating func takeStep(_ standings: (Step) -> CheckStandings) -> Step {
        var step = Step()
        for identity in touched.sorted() { review(identity, &step) }
        var judge = Judge(standings(step))
        for identity in touched.union(judged).sorted() { translate(identity, &judge, &step) }
        for node in eligibleNodes {
            if let problem = NodeOrders.problem(of: node) { step.warnings.append(problem) }
        }
        touched = []
        judged = []
        step.addresses = heldAddresses
        return step
    }

    private mutating func review(_ identity: ServiceIdentity, _ step: inout Step) {
        let checked = snapshot.services[identity].flatMap { service in
            service.isLoadBalancer && service.isProxied
                ? reviewed(service, &step.warnings) : nil
        }
        checkedServices[identity] = checked
        if let checked { recentChecks = checked.checks }
        let draining = checked?.draining(by: orders) ?? []
        self.draining[identity] = draining.isEmpty ? nil : draining
        let new = Use(
            checks: Set((checked?.checks ?? []).joined()), addresses: checked?.addresses ?? [])
        exchange(identity, for: new, &step)
    }

    private mutating func exchange(
        _ identity: ServiceIdentity, for new: Use, _ step: inout Step
    ) {
        let old = uses[identity] ?? Use()
        uses[identity] = new.checks.isEmpty && new.addresses.isEmpty ? nil : new
        for check in new.checks.subtracting(old.checks) {
            if users[check] == nil, step.endedChecks.remove(check) == nil {
                step.startedChecks.insert(check)
            }
            users[check, default: []].insert(identity)
        }
        for check in old.checks.subtracting(new.checks) {
            users[check]?.remove(identity)
            guard users[check]?.isEmpty == true else { continue }
            users[check] = nil
            if step.startedChecks.remove(check) == nil { step.endedChecks.insert(check) }
        }
        for address in new.addresses {
            holders[address, default: 0] += 1
            addresses.insert(address)
        }
        for address in old.addresses {
            holders[address, default: 0] -= 1
            guard holders[address] == 0 else { continue }
            holders[address] = nil
            addresses.remove(address)
        }
    }
}
