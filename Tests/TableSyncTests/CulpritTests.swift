import Addressing
import Forwarding
import Glibc
import Netfilter
import Ruleset
import ServiceModel
import Testing

@testable import TableSync

@Suite("Whose element the kernel refused")
struct CulpritTests {
    /// Where the start's transaction adds to a set of one family.
    private func index(of set: String, in transaction: [RulesetChange]) throws -> Int {
        try #require(
            transaction.firstIndex { change in
                if case .addElements(let table, let declaration, _) = change {
                    return table.family == .ip && declaration.name == set
                }
                return false
            })
    }

    @Test("the Service is told by the element's frontend", arguments: ["services", "endpoints"])
    func found(set: String) async throws {
        let host = try Host()
        try await host.start([
            identity("a"): [clusterIP(10, to: [2])], identity("b"): [clusterIP(11, to: [3])],
        ])
        let change = try index(of: set, in: await host.writer.lastTransaction)
        for (element, name) in ["a", "b"].enumerated() {
            let error = NetfilterError(
                .commit, code: EINVAL, changeIndex: change, elementIndex: element)
            #expect(await host.writer.culprit(of: error) == identity(name))
        }
    }

    @Test("nobody is blamed for what several share, or for a place that does not exist")
    func nobody() async throws {
        let host = try Host()
        try await host.start([identity("a"): [clusterIP(10, to: [2])]])
        let transaction = await host.writer.lastTransaction
        let services = try index(of: "services", in: transaction)
        let shared = try index(of: "hairpin", in: transaction)
        let places: [(change: Int?, element: Int?)] = [
            (shared, 0), (services, 1), (services, nil), (0, nil), (transaction.count, 0),
            (nil, nil),
        ]
        for place in places {
            let error = NetfilterError(
                .commit, code: EINVAL, changeIndex: place.change, elementIndex: place.element)
            #expect(await host.writer.culprit(of: error) == nil, "\(place)")
        }
    }
}
