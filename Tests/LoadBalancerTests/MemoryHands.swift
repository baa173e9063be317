import APIClient
import Addressing
import Forwarding
import Glibc
import HealthChecking
import KubeAPI
import Logging
import Netfilter
import ServiceModel
import Synchronization

@testable import LoadBalancer
@testable import TableSync

/// What a balancer did, in order.
enum Deed: Hashable, Sendable {
    case started(services: Int)
    case wrote([String])
    case withdrew([String])
    case swept
    case sweptLast
    case deleted([FlowFilter])
    case held([IPAddress])
    case compared
}

/// Tables in memory: the same `ForwardingTable` that the kernel's writer keeps.
actor MemoryWriter: FrontendWriter {
    private var table = ForwardingTable(layout: ForwardingLayout(role: .balancer))
    private let deeds: Deeds
    private var affinitySweep = AffinitySweep()
    private var clients: [(frontend: Frontend, backend: SocketEndpoint)] = []
    /// How many calls are refused before the first that succeeds.
    private var refusalsLeft = 0
    /// How many changes the next comparison finds necessary.
    private var damage = 0
    /// How many changes it took to remove idle chains so far.
    private(set) var sweptChangeCount = 0

    init(_ deeds: Deeds) { self.deeds = deeds }

    func refuse(times: Int) { refusalsLeft = times }

    /// Has somebody else change the tables.
    func damage(changes: Int) { damage = changes }

    var serviceCount: Int { table.services.count }

    func start(
        _ services: [ServiceIdentity: [ForwardingEntry]], surroundings: Surroundings
    ) throws(NetfilterError) -> WriteReport {
        try refuseIfAsked()
        deeds.add(.started(services: services.count))
        var report = WriteReport()
        let sorted = services.sorted { $0.key < $1.key }
        report.conflicts = table.replace(sorted.map { ($0.key, $0.value) }).conflicts
        affinitySweep = AffinitySweep(all: table.services.flatMap { table.entries(of: $0) })
        return report
    }

    func withdraw(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) throws(NetfilterError) -> WriteReport {
        let first = updates.compactMap { update in
            table.withdrawal(of: update.service, for: update.entries).map { (update.service, $0) }
        }
        // What the kernel refuses here is left to `write`.
        guard !first.isEmpty, refusalsLeft == 0 else { return WriteReport() }
        deeds.add(.withdrew(first.map(\.0.name)))
        return replace(first)
    }

    func write(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) throws(NetfilterError) -> WriteReport {
        try refuseIfAsked()
        deeds.add(.wrote(updates.map(\.service.name)))
        return replace(updates)
    }

    private func replace(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) -> WriteReport {
        var report = WriteReport()
        let replacement = table.replace(updates)
        report.conflicts = replacement.conflicts
        report.changeCount = replacement.changes.count
        report.replaced = [
            (
                replacement.replaced.flatMap(\.before),
                replacement.replaced.flatMap { table.entries(of: $0.service) }
            )
        ]
        for (old, new) in report.replaced { affinitySweep.note(from: old, to: new) }
        return report
    }

    /// Remembers a client of a sticky frontend with a backend, as the kernel does.
    func remember(_ backend: SocketEndpoint, at frontend: Frontend) {
        clients.append((frontend, backend))
    }

    /// The backends that clients are remembered with.
    var rememberedBackends: [SocketEndpoint] { clients.map(\.backend) }

    var awaitsAffinitySweep: Bool { !affinitySweep.isEmpty }

    func sweepAffinity(isLast: Bool) throws(NetfilterError) -> Int {
        deeds.add(isLast ? .sweptLast : .swept)
        let count = clients.count
        clients.removeAll { client in
            affinitySweep.allowed[client.frontend].map { !$0.contains(client.backend) } ?? false
        }
        if isLast { affinitySweep.endRound() }
        return count - clients.count
    }

    func sweepIdleChains() throws(NetfilterError) -> WriteReport {
        sweptChangeCount += table.sweepIdleChains().count
        return WriteReport()
    }

    func compare(always: Bool) throws(NetfilterError) -> KernelComparison? {
        deeds.add(.compared)
        guard damage > 0 else { return nil }
        defer { damage = 0 }
        return KernelComparison(repairCount: damage)
    }

    /// The backends of each frontend.
    var backends: [String: [String]] {
        var result: [String: [String]] = [:]
        for entry in table.services.flatMap({ table.entries(of: $0) }) {
            result["\(entry.frontend)"] = entry.backends.map(\.description)
        }
        return result
    }

    private func refuseIfAsked() throws(NetfilterError) {
        guard refusalsLeft > 0 else { return }
        refusalsLeft -= 1
        throw NetfilterError(.commit, code: EBUSY)
    }
}

/// The list of deeds, shared by all who do any.
final class Deeds: Sendable {
    private let list = Mutex<[Deed]>([])

    func add(_ deed: Deed) { list.withLock { $0.append(deed) } }

    /// Returns what was done since the last call, comparing aside.
    func take() -> [Deed] {
        list.withLock { list in
            defer { list = [] }
            return list.filter { $0 != .compared }
        }
    }
}

/// A balancer without a kernel and without a network: outcomes are told to it.
final class MemoryBalancer {
    let deeds = Deeds()
    let writer: MemoryWriter
    let health = SyncHealth(stallTimeout: .seconds(60))
    let board: HealthBoard
    let purge = FlowPurge()
    let inbox: BalancerInbox
    var loop: BalancerLoop

    init(
        _ definition: CheckDefinition = httpDefinition, policy: HealthPolicy = testPolicy,
        rules: BalancerRules = BalancerRules(), flows: [SocketEndpoint: Int] = [:],
        remembering memory: [HealthMemory.Entry] = []
    ) {
        let deeds = deeds
        let (_, signal) = AsyncStream.makeStream(of: Void.self)
        writer = MemoryWriter(deeds)
        board = HealthBoard(
            slowStart: .zero, memory: HealthMemory(memory), metrics: BalancerMetrics(),
            signal: signal
        ) { _, _ in
        }
        let health = health
        inbox = BalancerInbox(
            plan: BalancerPlan(
                CheckAssignment(definition, policy: policy), rules: rules),
            board: board, signal: signal,
            problems: { _ in },
            connection: { error in health.update { $0.disconnected = error?.description } })
        loop = BalancerLoop(
            BalancerLoop.Hands(
                writer: writer,
                deleteFlows: { filters in
                    deeds.add(.deleted(filters))
                    return filters.count
                },
                purge: purge,
                countFlows: { _ in flows },
                changeChecks: { _ in },
                holdAddresses: { deeds.add(.held($0.sorted())) }),
            inbox: inbox, keepsEstablished: rules.keepsEstablished, compareInterval: .zero,
            health: health, metrics: BalancerMetrics(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A balancer that has taken over these Services on three nodes, and never uses one that a
    /// check speaks against.
    static func strict(
        _ services: [ServiceObject] = [balanced()], policy: HealthPolicy = testPolicy,
        flows: [SocketEndpoint: Int] = [:], _ change: (inout BalancerRules) -> Void = { _ in }
    ) async -> MemoryBalancer {
        var rules = BalancerRules()
        rules.panicThreshold = 0
        change(&rules)
        let balancer = MemoryBalancer(policy: policy, rules: rules, flows: flows)
        await balancer.start(services)
        return balancer
    }

    /// Tells all that there is in the API, and does what follows.
    func start(
        _ services: [ServiceObject], nodes: [NodeObject] = (1...3).map { node($0) },
        slices: [EndpointSliceObject] = []
    ) async {
        await inbox.take(slices: .listed(slices, revision: "1"))
        await inbox.take(services: .listed(services, revision: "1"))
        await inbox.take(nodes: .listed(nodes, revision: "1"))
        await loop.turn()
    }

    /// Tells outcomes of one check.
    func tell(_ failure: CheckFailure?, of check: HealthCheck, times: Int) {
        for _ in 0..<times {
            board.take(CheckOutcome(failure: failure, duration: .milliseconds(1)), of: check)
        }
    }
}
