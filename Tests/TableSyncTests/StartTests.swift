import Addressing
import Fixtures
import Forwarding
import Glibc
import Netfilter
import Ruleset
import ServiceModel
import Support
import TableSync
import Testing

@Suite("Starting, on an empty kernel and on what a predecessor left")
struct StartTests {
    private let both: TableFlags = [.owner, .persist]
    private let services = [
        identity("web"): [clusterIP(10, to: [2, 3]), clusterIP(10, to: [2], .v6)],
        identity("sticky"): [clusterIP(11, to: [2], affinity: 600)],
    ]

    @Test("an empty kernel gets the whole plan, of every kind of Service")
    func empty() async throws {
        let host = try Host()
        let all = IPFamily.allCases.map { ExampleServices($0).entries }
        let services = Dictionary(
            all[0].merging(all[1], uniquingKeysWith: +).map { (identity($0.key), $0.value) },
            uniquingKeysWith: +)
        let report = try await host.start(services)
        #expect(report.refused.isEmpty)
        #expect(report.conflicts.isEmpty)
        #expect(report.changeCount > services.count)
        #expect(report.transactions.count == 1)
        #expect(try host.kernel() == host.plan(services))
        #expect(await host.writer.serviceCount == services.count)
    }

    @Test("a start without Services makes the tables alone")
    func noServices() async throws {
        let host = try Host()
        try await host.start()
        #expect(try host.kernel() == host.plan())
        #expect(try await host.writer.compare() == nil)
    }

    @Test(
        "the next writer changes nothing, and clients keep their backend", arguments: [false, true])
    func adopts(ownsTables: Bool) async throws {
        guard try !ownsTables || Host.ownershipIsSupported() else { return }
        let flags = ownsTables ? both : []
        let namespace = try NetworkNamespace()
        let plan = try await {
            let first = try Host(in: namespace, flags: flags)
            try await first.start(services)
            try learn(in: namespace)
            return first.plan(services)
        }()
        let second = try Host(in: namespace, flags: flags)
        let clients = try second.affinity(.ip)
        #expect(clients.values.map(\.description) == ["10.244.1.2:8080"])

        let report = try await second.start(services)
        // To claim its predecessor's tables a writer creates them once more.
        #expect(report.changeCount == (ownsTables ? 2 : 0))
        #expect(report.refused.isEmpty)
        #expect(try second.kernel() == plan)
        #expect(try second.affinity(.ip) == clients)
    }

    @Test("only what differs is changed of what a predecessor left")
    func differs() async throws {
        let namespace = try NetworkNamespace()
        try await Host(in: namespace).start(services)
        let second = try Host(in: namespace)
        var wanted = services
        wanted[identity("web")]?[0].backends = [
            socket("10.244.1.2:8080"), socket("10.244.1.4:8080"),
        ]
        let report = try await second.start(wanted)
        // One slot and one hairpin: each goes and comes.
        #expect(report.changeCount == 4)
        #expect(try second.kernel() == second.plan(wanted))
    }

    @Test("clients whose backend went while no writer was there are let go at the start")
    func backendGoneMeanwhile() async throws {
        let namespace = try NetworkNamespace()
        try await Host(in: namespace).start(services)
        try learn(in: namespace)
        let second = try Host(in: namespace)
        #expect(try second.affinity(.ip).count == 1)
        try await second.start([identity("sticky"): [clusterIP(11, to: [3], affinity: 600)]])
        #expect(try second.affinity(.ip).isEmpty)
    }

    @Test("flows whose backend went while no writer was there are told, and no others")
    func staleFlows() async throws {
        let namespace = try NetworkNamespace()
        let first = try Host(in: namespace)
        let fresh = try await first.start([
            identity("dns"): [clusterIP(10, to: [2, 3, 4], .v4, .udp)],
            identity("web"): [clusterIP(11, to: [2, 3], .v6)],
            identity("gone"): [clusterIP(12, to: [5])],
            identity("same"): [clusterIP(13, to: [5])],
        ])
        #expect(fresh.staleFlows.isEmpty)
        let report = try await Host(in: namespace).start([
            identity("dns"): [clusterIP(10, to: [3, 4], .v4, .udp)],
            identity("web"): [clusterIP(11, to: [3, 2, 6], .v6)],
            identity("same"): [clusterIP(13, to: [5])],
        ])
        #expect(
            Set(report.staleFlows) == [
                FlowFilter(
                    transport: .udp, frontend: socket("10.96.0.10:80"),
                    backend: socket("10.244.1.2:8080")),
                FlowFilter(
                    transport: .tcp, frontend: socket("10.96.0.12:80"),
                    backend: socket("10.244.1.5:8080"), onlyUnanswered: true),
            ])
    }

    @Test("flows to a UDP frontend that is new outside the service range are told at the start")
    func newFrontend() async throws {
        let host = try Host()
        let external = ForwardingEntry(
            Frontend(address("198.51.100.10"), .udp, port(53)), label: "default/dns",
            backends: [socket("10.244.1.2:53")], sourceHiding: .everyClient)
        let report = try await host.start([identity("dns"): [external]])
        let frontend = socket("198.51.100.10:53")
        #expect(
            report.staleFlows == [
                FlowFilter(transport: .udp, frontend: frontend, backend: frontend)
            ])
        let next = try Host(in: host.namespace)
        #expect(try await next.start([identity("dns"): [external]]).staleFlows.isEmpty)
    }

    @Test("a second writer cannot take the tables of a living one")
    func owned() async throws {
        guard try Host.ownershipIsSupported() else { return }
        let first = try Host(flags: both)
        try await first.start(services)
        let second = try Host(in: first.namespace, flags: both)
        await #expect(throws: NetfilterError(.commit, code: EPERM, changeIndex: 0)) {
            try await second.start([:])
        }
        #expect(try first.kernel() == first.plan(services))
    }

    @Test("of two Services that want one frontend the first by name has it, which is said")
    func conflict() async throws {
        let host = try Host()
        let report = try await host.start([
            identity("b"): [clusterIP(10, to: [3])], identity("a"): [clusterIP(10, to: [2])],
        ])
        #expect(report.conflicts.map(\.refused) == [identity("b")])
        #expect(try host.kernel() == host.plan([identity("a"): [clusterIP(10, to: [2])]]))
    }

    /// Sends one packet to the sticky Service, for whose client the kernel remembers the backend.
    private func learn(in namespace: NetworkNamespace) throws {
        let script = """
            ip addr replace 10.244.1.2/32 dev lo
            ip route replace 10.96.0.0/12 dev lo src 10.244.1.2
            exec 3<>/dev/tcp/10.96.0.11/80 || true
            """
        _ = try namespace.run("bash", "-c", script)
    }
}
