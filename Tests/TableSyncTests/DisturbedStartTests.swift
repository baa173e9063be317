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

    @Test(
        "somebody who commits while tables are filled delays it, and nothing else",
        arguments: [50_000, 10], [[2], [2, 3], [2, 3, 4, 5]])
    func disturbed(askedElements: Int, at transactions: [Int]) async throws {
        let host = try Host(askedElements: askedElements)
        let services = Dictionary(
            uniqueKeysWithValues: (1...250).map { number in
                (identity("web\(number)"), [clusterIP(number, to: Array(1...40))])
            })
        let namespace = host.namespace
        let told = try await host.writer.startDisturbed(services, at: transactions) { number in
            _ = try? namespace.nft("add", "table", "ip", "foreign\(number)")
        }
        // The first piece, those that were disturbed, all that then lacked, and the other family.
        #expect(told == transactions.count + 3)
        #expect(try host.kernel() == host.plan(services))
        #expect(try await host.writer.compare() == nil)
    }
}

extension ForwardingWriter {
    /// Starts, and has something done before some of the changes that are told; returns how often
    /// changes were.
    fileprivate func startDisturbed(
        _ services: [ServiceIdentity: [ForwardingEntry]], at places: [Int],
        _ disturb: (Int) -> Void
    ) throws -> Int {
        table = ForwardingTable(layout: table.layout, surroundings: .example)
        _ = table.fill(with: services.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        var told = 0
        _ = try reconcile { changes in
            guard !changes.isEmpty else { return }
            told += 1
            if places.contains(told) { disturb(told) }
        }
        return told
    }
}
