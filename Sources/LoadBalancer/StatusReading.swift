import Addressing
import Forwarding
import FoundationEssentials
import HealthChecking
import KubeAPI
import ServiceModel
import ServiceTranslation
import TableSync

/// Gathers a status from all who know a part of it.
struct StatusReading {
    let refusals: [RefusalCount]
    let blocked: [Blocklist.Entry]
    let ejections: [SocketEndpoint: EjectionBoard.View]
    let plan: BalancerPlan
    let records: [HealthCheck: HealthLedger.Record]
    let standings: CheckStandings
    let flows: [SocketEndpoint: Int]
    let addresses: [AddressStatus]
    var ingress = IngressKeeper.State()
    var lease: LeaseStanding?

    func status(health: SyncHealth.State, isHealthy: Bool) -> BalancerStatus {
        BalancerStatus(
            isHealthy: isHealthy, lease: lease.map(LeaseStatus.init), addresses: addresses,
            nodes: nodes, services: plan.balancedServices.map(service),
            refusals: refusals.filter { $0.packets > 0 }.map {
                BalancerStatus.Refusal(
                    reason: $0.reason.rawValue, frontend: $0.place, label: $0.label,
                    packets: $0.packets)
            },
            blockedCount: blocked.count, serviceCount: health.serviceCount, refused: health.refused,
            withoutAddress: Dictionary(
                uniqueKeysWithValues: ingress.lacking.map {
                    ("\($0.key.namespace)/\($0.key.name)", $0.value)
                }), statusObstacle: ingress.obstacle,
            lastError: health.lastError, disconnected: health.disconnected)
    }

    private var nodes: [BalancerStatus.Node] {
        let byAddress = Dictionary(grouping: records) { $0.key.socket.address }
        let flowsByAddress = Dictionary(grouping: flows) { $0.key.address }
            .mapValues { $0.reduce(0) { $0 + $1.value } }
        func node(_ node: NodeIdentity, _ objection: NodeObjection?) -> BalancerStatus.Node {
            let checks = node.addresses.flatMap { byAddress[$0] ?? [] }
                .sorted { $0.key.description < $1.key.description }
            let takesTraffic = checks.filter { plan.assignment.speaksForNode($0.key) }
                .allSatisfy(\.value.state.takesTraffic)
            let ordered = plan.orders.state(of: node)
            let own = ordered == .ready ? (takesTraffic ? "ready" : "unhealthy") : ordered.rawValue
            return BalancerStatus.Node(
                name: node.name, addresses: node.addresses.map(\.description),
                state: objection?.rawValue ?? own,
                flows: node.addresses.reduce(0) { $0 + (flowsByAddress[$1] ?? 0) },
                checks: checks.map(check))
        }
        return
            (plan.nodes.map { node($0, nil) }
            + plan.leftOutNodes.map { node($0.node, $0.objection) })
            .sorted { $0.name < $1.name }
    }

    private func check(
        _ check: HealthCheck, _ record: HealthLedger.Record
    ) -> BalancerStatus.Check {
        BalancerStatus.Check(
            target: check.description, state: "\(record.state.condition)",
            reason: record.reason?.description, since: record.since.formatted(.iso8601),
            lastFailure: record.last?.failure?.description,
            lastMilliseconds: record.last.map { $0.duration / .milliseconds(1) },
            serviceCount: plan.services(using: check).count)
    }

    private func service(_ service: ServiceDefinition) -> BalancerStatus.Service {
        BalancerStatus.Service(
            name: "\(service.identity)",
            frontends: plan.frontends.addresses(of: service).flatMap { address in
                service.ports.map {
                    "\(SocketEndpoint(address: address, port: $0.port))/\($0.transport)"
                }
            },
            dataPlane: plan.dataPlane(of: service).rawValue,
            failsOpen: plan.failingOpen.contains(service.identity),
            backends: plan.targets(of: service, standings).map { backend($0, of: service) })
    }

    private func backend(
        _ view: BalancerPlan.TargetView, of service: ServiceDefinition
    ) -> BalancerStatus.Backend {
        let deciding = view.checks.first { standings.unhealthy.contains($0) } ?? view.checks.first
        let record = deciding.flatMap { records[$0] }
        let failsOpen = plan.failingOpen.contains(service.identity)
        if view.isEjected, let ejection = ejections[view.target.socket] {
            return ejected(view, ejection, failsOpen: failsOpen)
        }
        let (state, weight) = state(of: view, failsOpen: failsOpen)
        let isOrdered = view.state != .ready
        return BalancerStatus.Backend(
            node: view.target.node, target: "\(view.target.socket)/\(view.target.transport)",
            state: state, reason: isOrdered ? nil : record?.reason?.description,
            since: isOrdered
                ? plan.orders.since(of: view.target.node, for: service.identity)?
                    .formatted(.iso8601)
                : record?.since.formatted(.iso8601),
            weight: weight,
            flows: plan.dataPlane(of: service) == .directReturn
                ? nil : flows[view.target.socket] ?? 0,
            checks: view.checks.map(\.description))
    }

    private func ejected(
        _ view: BalancerPlan.TargetView, _ ejection: EjectionBoard.View, failsOpen: Bool
    ) -> BalancerStatus.Backend {
        BalancerStatus.Backend(
            node: view.target.node, target: "\(view.target.socket)/\(view.target.transport)",
            state: "ejected",
            reason: "its connections failed; until \(ejection.until.formatted(.iso8601)), "
                + "ejection \(ejection.number)",
            since: ejection.since.formatted(.iso8601), weight: failsOpen ? 1 : 0,
            flows: flows[view.target.socket] ?? 0, checks: view.checks.map(\.description))
    }

    private func state(
        of view: BalancerPlan.TargetView, failsOpen: Bool
    ) -> (String, weight: Int) {
        switch (view.state, view.standing) {
        case (.drain, _), (.maintenance, _): return (view.state.rawValue, 0)
        case (.ready, .failing): return ("down", failsOpen ? 1 : 0)
        case (.ready, .withheld): return ("no-endpoints", 0)
        case (.ready, .serving) where failsOpen: return ("up", 1)
        case (.ready, .serving(let weight)):
            let isStarting = view.checks.contains { standings.warmth[$0] != nil }
            return (isStarting ? "starting" : "up", max(1, weight / CheckStandings.warmthSteps))
        }
    }
}
