import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import ServiceModel
import Support
import Testing

@testable import TableSync

@Suite("Starts that are cut off or disturbed")
struct DisturbedStartTests {
    @Test(
        "what a start left that was cut off is made complete, though Services have changed since",
        arguments: [1, 5, 9, 13])
    func cutOff(after count: Int) async throws {
        let before = Dictionary(
            uniqueKeysWithValues: (1...20).map {
                (identity("web\($0)"), [clusterIP($0, to: [2, 3, 4])])
            })
        let host = try Host(askedElements: 10)
        var socket = try NetfilterSocket(inNamespace: host.namespace.name)
        var transactions: [[RulesetChange]] = []
        var filling = TableFilling(plan(before, host.layout), limit: 7)
        try filling.fill(IPFamily.allCases) { transaction throws(NetfilterError) in
            transactions.append(transaction)
            return 7
        }
        for transaction in transactions.prefix(count) { try socket.commit(transaction) }
        var after = before
        after[identity("web3")] = [clusterIP(3, to: [2])]
        after[identity("web4")] = nil
        let difference = try KernelDifference(
            from: plan(after, host.layout), with: &socket, askedElements: 10)
        if try canAsk(&socket) {
            // Frontends that nobody wants any more have theirs listed, but never the slots.
            #expect(!difference.listed.contains { $0.name == "endpoints" })
            // Of 60 slots the first 56 come in eight transactions.
            #expect(difference.unfinished.isEmpty == (count > 9))
        }
        #expect(try await host.start(after).refused.isEmpty)
        #expect(try host.kernel() == host.plan(after))
    }

    @Test("somebody who commits while tables are filled delays it, and nothing else")
    func disturbed() async throws {
        let host = try Host()
        let services = Dictionary(
            uniqueKeysWithValues: (1...250).map { number in
                (identity("web\(number)"), [clusterIP(number, to: Array(1...40))])
            })
        let namespace = host.namespace
        let transactions = try await host.writer.startDisturbed(services) {
            _ = try? namespace.nft("add", "table", "ip", "foreign")
        }
        #expect(transactions > 0)
        #expect(try host.kernel() == host.plan(services))
        #expect(try await host.writer.compare() == nil)
    }
}

extension ForwardingWriter {
    /// Starts, and has something done between the first transaction and the second; returns how
    /// many transactions it took after that.
    fileprivate func startDisturbed(
        _ services: [ServiceIdentity: [ForwardingEntry]], _ disturb: () -> Void
    ) throws -> Int {
        table = ForwardingTable(layout: table.layout, surroundings: .example)
        _ = table.fill(with: services.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        var told = 0
        return try reconcile { changes in
            guard !changes.isEmpty else { return }
            told += 1
            if told == 2 { disturb() }
        }.transactions.count
    }
}
