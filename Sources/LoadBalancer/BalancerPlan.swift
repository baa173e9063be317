package import Addressing
import Forwarding
import HealthChecking
package import KubeAPI
package import ServiceModel
package import ServiceTranslation

/// What a balancer should have in its tables, check and announce, from what is known of the
/// cluster and of its nodes' health.
///
/// Takes what arrives and remembers which Services it touches; the work of a step is theirs. Pure.
package struct BalancerPlan: Sendable {
    /// What is to be done to keep up with what arrived.
    package struct Step: Sendable {
        /// The touched Services with their frontends; one that is gone has none.
        package fileprivate(set) var updates: [(service: ServiceIdentity, TranslatedService)] = []
        /// Checks that somebody needs now.
        package fileprivate(set) var startedChecks: Set<HealthCheck> = []
        /// Checks that nobody needs any more.
        package fileprivate(set) var endedChecks: Set<HealthCheck> = []
        /// All addresses that the balancer answers for.
        package fileprivate(set) var addresses: Set<IPAddress> = []
        /// What had to be left out, or is done otherwise than one might expect.
        package fileprivate(set) var warnings: [String] = []
    }

    private struct Use: Sendable {
        var checks: Set<HealthCheck> = []
        var addresses: [IPAddress] = []
    }

    /// Which checks decide about what.
    package let assignment: CheckAssignment
    private let frontends = BalancerFrontends()
    private var snapshot = ClusterSnapshot()
    private var eligibleNodes: [NodeIdentity] = []
    private var touched: Set<ServiceIdentity> = []
    private var uses: [ServiceIdentity: Use] = [:]
    private var users: [HealthCheck: Set<ServiceIdentity>] = [:]
    private var holders: [IPAddress: Int] = [:]

    /// Nothing is known yet.
    package init(_ assignment: CheckAssignment) {
        self.assignment = assignment
    }

    /// The nodes that may take traffic if they are well, in order of their names.
    package var nodes: [NodeIdentity] { eligibleNodes }

    /// The nodes that are left out whatever checks would say: not ready, or excluded by label.
    package var leftOutNodes: [NodeIdentity] {
        snapshot.nodes.values.filter { !Self.isEligible($0) }.sorted { $0.name < $1.name }
    }

    /// All addresses that the balancer answers for.
    package var addresses: Set<IPAddress> { Set(holders.keys) }

    /// The Services that a check decides about.
    package func services(using check: HealthCheck) -> Set<ServiceIdentity> { users[check] ?? [] }

    /// Whether anything arrived since the last step.
    package var hasWork: Bool { !touched.isEmpty }

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

    /// Takes note of checks that changed their mind.
    package mutating func note(changed checks: Set<HealthCheck>) {
        for check in checks { touched.formUnion(users[check] ?? []) }
    }

    /// Has these Services translated again: what came of it the last time was lost.
    package mutating func putBack(_ services: some Sequence<ServiceIdentity>) {
        touched.formUnion(services)
    }

    /// Takes note of an object that is there but cannot be read; see `ClusterSnapshot.keep`.
    package mutating func keep(_ key: ObjectKey) { snapshot.keep(key) }

    /// Returns the problems of the objects that arrived since the last call.
    package mutating func takeProblems() -> [TranslationProblem] { snapshot.takeProblems() }

    // MARK: What follows

    /// Says what is to be done now, and counts on it being done.
    ///
    /// - Parameter unhealthy: the checks whose targets take no traffic; all other targets do,
    ///   those of checks that begin with this step among them.
    /// - Returns: what is to be done, for the touched Services alone.
    package mutating func takeStep(unhealthy: Set<HealthCheck>) -> Step {
        var step = Step()
        for identity in touched.sorted() {
            let service = snapshot.services[identity]
            exchange(identity, for: use(of: service), &step)
            guard let service else {
                step.updates.append((identity, TranslatedService()))
                continue
            }
            let translated = frontends.translate(service, nodes: eligibleNodes) { target in
                assignment.checks(of: target, for: service).allSatisfy { !unhealthy.contains($0) }
            }
            step.updates.append((identity, translated))
            step.warnings += translated.problems.map(\.description)
            if let warning = assignment.warning(about: service) { step.warnings.append(warning) }
        }
        touched = []
        step.addresses = addresses
        return step
    }

    private func use(of service: ServiceDefinition?) -> Use {
        guard let service else { return Use() }
        let targets = frontends.targets(of: service, on: eligibleNodes)
        return Use(
            checks: Set(targets.flatMap { assignment.checks(of: $0, for: service) }),
            addresses: frontends.addresses(of: service))
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
        for address in new.addresses { holders[address, default: 0] += 1 }
        for address in old.addresses {
            holders[address, default: 0] -= 1
            if holders[address] == 0 { holders[address] = nil }
        }
    }

    private mutating func noteNodes() {
        let eligible = snapshot.nodes.values.filter(Self.isEligible).sorted { $0.name < $1.name }
        guard eligible != eligibleNodes else { return }
        eligibleNodes = eligible
        touched.formUnion(snapshot.services.values.filter(\.isLoadBalancer).map(\.identity))
    }

    private static func isEligible(_ node: NodeIdentity) -> Bool {
        node.isReady && !node.isExcludedFromLoadBalancers
    }
}
