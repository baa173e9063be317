import Addressing
import Forwarding
import Netfilter
import Ruleset
import ServiceModel
import Support
import Testing

/// Tables at a device, with every statement and field that only they have.
@Suite("Rules at a device")
struct DeviceRuleTests {
    /// A balancer's plan with a frontend of each grouping in both families.
    private func plan() throws -> Ruleset {
        var layout = ForwardingLayout(role: .balancer)
        layout.directReturn = DirectReturnLayout(device: "lo", slotCount: 251)
        var table = ForwardingTable(layout: layout)
        var entries: [ForwardingEntry] = []
        for (address, node) in [("198.51.100.1", "192.168.50.1"), ("fd98::1", "fd50::1")] {
            for (number, grouping) in [(80, DirectReturn.Grouping.connection), (81, .client)] {
                let node = try #require(IPAddress(node))
                var entry = ForwardingEntry(
                    Frontend(
                        try #require(IPAddress(address)), .tcp, try #require(Port(number))),
                    label: "default/web:\(number)", backends: [], sourceHiding: .byServiceRange)
                entry.directReturn = DirectReturn(
                    grouping, members: [node], shares: [DirectReturn.Share(node)])
                entries.append(entry)
            }
        }
        _ = table.replace(ServiceIdentity(namespace: "default", name: "web"), with: entries)
        return table.ruleset
    }

    @Test("read back as they were written")
    func roundTrip() throws {
        var kernel = try Kernel()
        let plan = try plan()
        try kernel.socket.commit(Ruleset().changes(to: plan))
        let found = try kernel.socket.read(Array(plan.tables.keys))
        #expect(found == plan)
        #expect(found.tables.count == 4)
    }

    @Test("what `nft` lists of them loads again as the same", arguments: IPFamily.allCases)
    func listingLoads(family: IPFamily) throws {
        let plan = try plan()
        let id = DirectReturnLayout.table(family)
        let here = try NetworkNamespace()
        var socket = try NetfilterSocket(inNamespace: here.name)
        try socket.commit(Ruleset().changes(to: plan))
        let listing = try here.nft("list", "table", "netdev", id.name)
        let there = try NetworkNamespace()
        try there.nft("-f", "-", input: listing)
        var other = try NetfilterSocket(inNamespace: there.name)
        #expect(try other.read([id]).tables[id] == plan.tables[id])
    }

    @Test("their own text loads as well", arguments: IPFamily.allCases)
    func textLoads(family: IPFamily) throws {
        let plan = try plan()
        let id = DirectReturnLayout.table(family)
        let table = try #require(plan.tables[id])
        let there = try NetworkNamespace()
        try there.nft("-f", "-", input: RulesetText.text(of: table))
        var other = try NetfilterSocket(inNamespace: there.name)
        #expect(try other.read([id]).tables[id] == table)
    }

    @Test("a device that is not there refuses the table, or (Linux 6.16) is waited for")
    func noDevice() throws {
        var kernel = try Kernel()
        let id = DirectReturnLayout.table(.v4)
        let base = BaseChain(ingressOf: "eth9", priority: 0)
        let table = Table(id, chains: [Chain("ingress", base: base)])
        if let refusal = try kernel.refusal(of: Ruleset().changes(to: Ruleset([table]))) {
            #expect(refusal.isNotFound)
        } else {
            #expect(try kernel.socket.read([id]).tables[id] == table)
        }
    }
}
