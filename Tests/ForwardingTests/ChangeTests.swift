import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@Suite("What one Service's change costs the kernel")
struct ChangeTests {
    private let web = ExampleServices.identity("web")
    private let places = ExamplePlaces(.v4)

    private func clusterIP(_ pods: [Int], port number: UInt16 = 80) -> ForwardingEntry {
        ForwardingEntry(
            Frontend(places.clusterIP(10), .tcp, port(number)), label: "default/web:p\(number)",
            backends: pods.map { endpoint(places.localPod($0), 8080) }, localCount: pods.count,
            sourceHiding: .byServiceRange)
    }

    private func table(_ entries: ForwardingEntry...) -> ForwardingTable {
        var table = ForwardingTable(
            layout: ForwardingLayout(role: .node), surroundings: .example)
        _ = table.replace(web, with: entries)
        return table
    }

    /// How many elements a list of changes removes from and adds to each set.
    private func elementCounts(_ changes: [RulesetChange]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for change in changes {
            switch change {
            case .addElements(_, let set, let elements):
                counts["+" + set.name, default: 0] += elements.count
            case .removeElements(_, let set, let elements):
                counts["-" + set.name, default: 0] += elements.count
            default: counts["chains", default: 0] += 1
            }
        }
        return counts
    }

    @Test("an endpoint that another one replaces: one slot, and its hairpins")
    func swap() {
        var table = table(clusterIP([2, 3, 4]))
        let changes = table.replace(web, with: [clusterIP([2, 5, 4])]).changes
        #expect(
            elementCounts(changes)
                == ["-endpoints": 1, "+endpoints": 1, "-hairpin": 1, "+hairpin": 1])
    }

    @Test(
        "one endpoint more or less: its slot, its hairpin, the frontend's verdict, and no chain",
        arguments: [1, 2, 9, 15])
    func grow(count: Int) {
        let fewer = [clusterIP(Array(2..<2 + count))]
        let more = [clusterIP(Array(2..<3 + count))]
        var table = table(fewer[0])
        #expect(
            elementCounts(table.replace(web, with: more).changes)
                == ["+endpoints": 1, "+hairpin": 1, "-services": 1, "+services": 1])
        #expect(
            elementCounts(table.replace(web, with: fewer).changes)
                == ["-endpoints": 1, "-hairpin": 1, "-services": 1, "+services": 1])
    }

    @Test("a number of endpoints beyond those that chains are ready for makes a chain, once")
    func growFar() {
        let many = [clusterIP(Array(2..<18))]
        let more = [clusterIP(Array(2..<19))]
        var table = table(many[0])
        let expected = [
            "+endpoints": 1, "+hairpin": 1, "-services": 1, "+services": 1, "chains": 2,
        ]
        #expect(elementCounts(table.replace(web, with: more).changes) == expected)
        _ = table.replace(web, with: many)
        let again = table.replace(web, with: more).changes
        #expect(elementCounts(again) == expected.filter { $0.key != "chains" })
    }

    @Test("a port of two that goes: its own elements; the ClusterIP stays known")
    func portGoes() {
        var table = table(clusterIP([2], port: 80), clusterIP([2], port: 81))
        let changes = table.replace(web, with: [clusterIP([2], port: 81)]).changes
        #expect(elementCounts(changes) == ["-services": 1, "-endpoints": 1])
        let rest = table.replace(web, with: []).changes
        #expect(
            elementCounts(rest)
                == ["-services": 1, "-endpoints": 1, "-hairpin": 1, "-cluster_ips": 1])
    }

    @Test("chains that nobody uses stay until they are swept, and are made anew after that")
    func sweep() {
        var table = table(clusterIP(Array(2..<19)))
        #expect(!table.hasIdleChains)
        #expect(elementCounts(table.replace(web, with: []).changes)["chains"] == nil)
        #expect(table.hasIdleChains)
        let id = TableID(.ip, "sluice")
        #expect(
            table.sweepIdleChains() == [
                .replaceRules(id, chain: "random_17", []), .deleteChain(id, name: "random_17"),
            ])
        #expect(!table.hasIdleChains)
        #expect(table.sweepIdleChains().isEmpty)
        let again = table.replace(web, with: [clusterIP(Array(3..<20))]).changes
        #expect(elementCounts(again)["chains"] == 2)
    }

    @Test("a backend that is named twice has two slots and one hairpin")
    func repeated() {
        var table = table()
        let changes = table.replace(web, with: [clusterIP([2, 2, 3])]).changes
        #expect(elementCounts(changes)["+endpoints"] == 3)
        #expect(elementCounts(changes)["+hairpin"] == 2)
    }

    @Test("removals come first, and endpoints before the frontends that lead to them")
    func order() {
        var table = table(clusterIP([2, 3]))
        let changes = table.replace(web, with: [clusterIP(Array(4..<21))]).changes
        let kinds = changes.map { change in
            switch change {
            case .createChain: "chain"
            case .replaceRules: "rules"
            case .removeElements(_, let set, _): "-" + set.name
            case .addElements(_, let set, _): "+" + set.name
            default: "other"
            }
        }
        #expect(
            kinds == [
                "chain", "rules", "-endpoints", "-hairpin", "-services", "+endpoints", "+hairpin",
                "+services",
            ])
    }

    @Test("source ranges are merged, since the kernel's ranges must not overlap")
    func ranges() {
        var entry = clusterIP([2])
        entry.allowedSources = ["10.0.0.0/25", "10.0.0.128/25", "10.0.0.7/32", "fd00::/8"].map(
            block)
        let listing = RulesetText.text(of: table(entry).ruleset)
        #expect(listing.contains("10.96.0.10 . tcp . 80 . 10.0.0.0/24 }"))
        #expect(!listing.contains("fd00::/8"))
    }

    @Test(
        "a label too long for a comment is cut between characters", arguments: [127, 128, 129, 300])
    func longLabel(length: Int) throws {
        let label =
            String(repeating: "ä", count: length / 2) + String(repeating: "x", count: length % 2)
        let entry = ForwardingEntry(
            Frontend(places.node, .tcp, port(30_000)), label: label, backends: [],
            sourceHiding: .everyClient)
        let services = table(entry).ruleset.tables[TableID(.ip, "sluice")]?.sets["services"]
        let comment = try #require(services?.elements.values.first?.comment)
        #expect(comment.utf8.count <= 128)
        #expect((comment == label) == (length <= 128))
        #expect(length <= 128 || comment.hasSuffix("ä..."))
    }
}
