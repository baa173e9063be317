import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import ServiceModel
import Support
import Testing

@testable import TableSync

@Suite("How the kernel differs from a plan")
struct KernelDifferenceTests {
    /// Six Services by chance.
    private func services(_ random: inout RandomEntries) -> [ServiceIdentity: [ForwardingEntry]] {
        var services: [ServiceIdentity: [ForwardingEntry]] = [:]
        for _ in 0..<6 {
            let service = random.service()
            services[service] = random.entries(of: service)
        }
        return services
    }

    @Test(
        "asking finds what listing both sides finds, whatever a predecessor had",
        arguments: 0..<20 as Range<UInt64>)
    func asking(seed: UInt64) async throws {
        var random = RandomEntries(seed: seed)
        let host = try Host()
        try await host.start(services(&random))
        var socket = try NetfilterSocket(inNamespace: host.namespace.name)
        for _ in 0..<5 {
            let wanted = services(&random)
            let plan = plan(wanted, host.layout)
            let listed = try host.kernel().changes(to: plan.ruleset)
            for askedElements in [1, 3, 50_000] {
                let difference = try KernelDifference(
                    from: plan, with: &socket, askedElements: askedElements)
                if difference.unfinished.isEmpty {
                    #expect(difference.changes == listed, "\(askedElements)")
                    #expect(difference.missing.isEmpty)
                } else {
                    #expect(askedElements < 50_000)
                }
                var kernel = try host.kernel()
                kernel.apply(difference.changes(to: plan))
                #expect(kernel == plan.ruleset)
            }
            try socket.commit(listed)
            #expect(try KernelDifference(from: plan, with: &socket, askedElements: 1).isNone)
        }
    }

    @Test(
        "a large set's foreign element is found wherever it is, and repaired",
        arguments: [
            "delete element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 }": [],
            "delete element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 0 }": [],
            "delete element ip sluice services { 10.96.0.10 . tcp . 80 }": [],
            "add element ip sluice services { 10.96.0.99 . tcp . 80 : drop }": ["services"],
            "add element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 3 : 10.0.0.1 . 80 }": [],
            "add element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 9 : 10.0.0.1 . 80 }": [
                "endpoints"
            ],
            "add element ip sluice endpoints { 10.96.0.99 . tcp . 80 . 0 : 10.0.0.1 . 80 }": [
                "endpoints"
            ],
            """
            add element ip sluice services { 10.96.0.99 . tcp . 80 : drop }
            add element ip sluice endpoints { 10.96.0.99 . tcp . 80 . 0 : 10.0.0.1 . 80 }
            add element ip sluice endpoints { 10.96.0.99 . tcp . 80 . 1 : 10.0.0.1 . 80 }
            """: ["services"],
            """
            delete element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 }
            add element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 : 10.0.0.1 . 80 }
            """: [],
            """
            delete element ip sluice endpoints { 10.96.0.10 . tcp . 80 . 1 }
            add element ip sluice endpoints { 10.96.0.99 . tcp . 80 . 7 : 10.0.0.1 . 80 }
            """: ["endpoints"],
            "add set ip sluice foreign { type ipv4_addr; }": [],
            "flush chain ip sluice prerouting": [],
            "delete table ip sluice": [],
            "delete table ip6 sluice": [],
        ])
    func foreignEdits(command: String, listedSets: [String]) async throws {
        let host = try Host(askedElements: 1)
        let services = [
            identity("web"): [clusterIP(10, to: [2, 3, 4]), clusterIP(10, to: [2, 3], .v6)],
            identity("other"): [clusterIP(11, to: [2])],
        ]
        try await host.start(services)
        try host.namespace.nft("-f", "-", input: command)
        #expect(try host.kernel() != host.plan(services))
        let listed = try host.kernel().changes(to: host.plan(services))
        #expect(try await host.writer.difference() == listed)
        var socket = try NetfilterSocket(inNamespace: host.namespace.name)
        let difference = try KernelDifference(
            from: plan(services, host.layout), with: &socket, askedElements: 1)
        if try canAsk(&socket) {
            // Sets of ranges always are.
            let sets = difference.listed.filter { !$0.isInterval }.map(\.name)
            #expect(sets == listedSets)
        }
        let comparison = try #require(try await host.writer.compare())
        #expect(comparison.repairCount > 0)
        #expect(try host.kernel() == host.plan(services))
        #expect(try await host.writer.compare() == nil)
    }

    @Test("the next writer asks for what its predecessor left, and writes what differs alone")
    func adopts() async throws {
        let namespace = try NetworkNamespace()
        let services = (1...50).map { (identity("web\($0)"), [clusterIP($0, to: [2, 3, 4])]) }
        let before = Dictionary(uniqueKeysWithValues: services)
        try await Host(in: namespace, askedElements: 1).start(before)
        let same = try Host(in: namespace, askedElements: 1)
        #expect(try await same.start(before).changeCount == 0)
        var after = before
        after[identity("web7")] = [clusterIP(7, to: [2, 4])]
        after[identity("web8")] = nil
        let next = try Host(in: namespace, askedElements: 1)
        let listed = try next.kernel().changes(to: next.plan(after))
        #expect(try await next.start(after).changeCount == listed.reduce(0) { $0 + $1.size })
        #expect(try next.kernel() == next.plan(after))
    }

    @Test("a table with another declaration is made anew, all of it")
    func otherDeclaration() async throws {
        let host = try Host(askedElements: 1)
        let services = [identity("web"): [clusterIP(10, to: [2, 3])]]
        let other = ForwardingLayout(role: .node, hasCounters: false)
        var socket = try NetfilterSocket(inNamespace: host.namespace.name)
        try socket.commit(Ruleset().changes(to: plan(services, other).ruleset))
        try await host.start(services)
        #expect(try host.kernel() == host.plan(services))
    }

    @Test("a table without its owner differs only for who wants to claim it")
    func claims() async throws {
        guard try Host.ownershipIsSupported() else { return }
        let namespace = try NetworkNamespace()
        let services = [identity("web"): [clusterIP(10, to: [2, 3])]]
        let layout = try await {
            let host = try Host(in: namespace, flags: .owned)
            try await host.start(services)
            return host.layout
        }()
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        let plan = plan(services, layout)
        for askedElements in [1, 50_000] {
            let claimed = try KernelDifference(
                from: plan, with: &socket, askedElements: askedElements)
            #expect(claimed.changes.count == 2)
            #expect(
                try KernelDifference(
                    from: plan, with: &socket, askedElements: askedElements, claims: false
                ).isNone)
        }
    }

    @Test("a table at a device is asked, too")
    func device() throws {
        let namespace = try NetworkNamespace()
        _ = try namespace.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "wire")
        var layout = ForwardingLayout(role: .balancer)
        layout.directReturn = DirectReturnLayout(device: "eth0", slotCount: 251)
        let nodes = (1...3).map { address("192.168.50.\($0)") }
        func plan(_ serving: [IPAddress]) -> ForwardingTable {
            var entry = ForwardingEntry(
                Frontend(address("198.51.100.1"), .tcp, port(80)), label: "default/web:http",
                backends: [], sourceHiding: .byServiceRange)
            entry.directReturn = DirectReturn(
                .connection, members: nodes, shares: serving.map { DirectReturn.Share($0) })
            var table = ForwardingTable(layout: layout)
            _ = table.fill(with: [(identity("web"), [entry])])
            return table
        }
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        let (whole, less) = (plan(nodes), plan(Array(nodes.prefix(2))))
        let first = try KernelDifference(from: whole, with: &socket, askedElements: 1)
        try socket.commit(first.changes(to: whole))
        #expect(try KernelDifference(from: whole, with: &socket, askedElements: 1).isNone)
        let listed = try socket.read(layout.tables).changes(to: less.ruleset)
        #expect(!listed.isEmpty)
        let difference = try KernelDifference(from: less, with: &socket, askedElements: 1)
        #expect(difference.changes(to: less) == listed)
        if try canAsk(&socket) { #expect(difference.listed.filter { !$0.isInterval }.isEmpty) }
        // Without any frontend there is no table at the device.
        let none = ForwardingTable(layout: layout)
        let gone = try KernelDifference(from: none, with: &socket, askedElements: 1)
        #expect(gone.changes.contains(.deleteTable(DirectReturnLayout.table(.v4))))
        try socket.commit(gone.changes(to: none))
        #expect(try socket.read(layout.tables) == none.ruleset)
    }
}

/// A table of these Services.
func plan(
    _ services: [ServiceIdentity: [ForwardingEntry]], _ layout: ForwardingLayout
) -> ForwardingTable {
    var table = ForwardingTable(layout: layout, surroundings: .example)
    _ = table.fill(
        with: services.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    return table
}

/// Whether this kernel tells how many elements a set has.
func canAsk(_ socket: inout NetfilterSocket) throws -> Bool {
    let table = Table(
        TableID(.ip, "counted"),
        sets: [ElementSet(SetDeclaration("set", key: [.destinationAddress]))])
    try socket.commit(Ruleset().changes(to: Ruleset([table])))
    let declaration = try #require(table.sets["set"]).declaration
    let count = try socket.elementCount(of: table.id, in: declaration)
    try socket.commit([.deleteTable(table.id)])
    return count != nil
}
