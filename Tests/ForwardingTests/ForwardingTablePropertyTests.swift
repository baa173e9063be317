import Addressing
import Fixtures
import Forwarding
import Ruleset
import ServiceModel
import Support
import Testing

/// A table beside a kernel that has been told every change and nothing else.
private struct Host {
    var table: ForwardingTable
    var kernel: Ruleset

    init(_ role: ForwardingLayout.Role = .node) {
        table = ForwardingTable(
            layout: ForwardingLayout(role: role),
            surroundings: role == .node ? .example : Surroundings())
        kernel = table.ruleset
    }

    var faults: [RulesetFault] { table.ruleset.tables.values.flatMap { $0.faults() } }

    /// What the table tells about itself, for comparing two of them.
    var state: [ServiceIdentity: [ForwardingEntry]] {
        Dictionary(uniqueKeysWithValues: table.services.map { ($0, table.entries(of: $0)) })
    }
}

@Suite("A forwarding table after any sequence of replacements")
struct ForwardingTablePropertyTests {
    @Test("has told the kernel all that it plans", arguments: 0..<40 as Range<UInt64>)
    func kernelFollows(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var host = Host()
        for _ in 0..<40 {
            host.kernel.apply(host.table.replace(random.updates()).changes)
            #expect(host.kernel == host.table.ruleset)
            #expect(host.faults.isEmpty)
            if random.random.chance(20) { host.kernel.apply(host.table.sweepIdleChains()) }
            #expect(host.kernel == host.table.ruleset)
        }
    }

    @Test("is as it was before a refused replacement", arguments: 0..<40 as Range<UInt64>)
    func revertRestores(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var host = Host()
        for _ in 0..<40 {
            let before = host
            let replacement = host.table.replace(random.updates())
            guard random.random.chance(50) else {
                host.kernel.apply(replacement.changes)
                continue
            }
            host.table.revert(replacement)
            #expect(host.table.ruleset == before.table.ruleset)
            #expect(host.state == before.state)
        }
        #expect(host.kernel == host.table.ruleset)
    }

    @Test("is empty once every Service is gone", arguments: 0..<20 as Range<UInt64>)
    func nothingStays(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var host = Host()
        for _ in 0..<20 { host.kernel.apply(host.table.replace(random.updates()).changes) }
        for service in Array(host.table.services) {
            host.kernel.apply(host.table.replace(service, with: []).changes)
        }
        // A Service that waited may have come into its own meanwhile.
        for service in Array(host.table.services) {
            host.kernel.apply(host.table.replace(service, with: []).changes)
        }
        host.kernel.apply(host.table.sweepIdleChains())
        #expect(host.kernel == Host().kernel)
        #expect(!host.table.hasIdleChains)
    }

    @Test("has given every Service what no other has", arguments: 0..<40 as Range<UInt64>)
    func everyoneServed(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var host = Host()
        var asked: [ServiceIdentity: [ForwardingEntry]] = [:]
        for _ in 0..<40 {
            let updates = random.updates()
            let conflicts = Set(host.table.replace(updates).conflicts)
            for (service, entries) in updates { asked[service] = entries }
            for (service, entries) in asked {
                var given = host.table.entries(of: service)[...]
                for entry in entries {
                    if given.first == entry, host.table.holder(of: entry.frontend) == service {
                        given.removeFirst()
                        continue
                    }
                    let holder = host.table.holder(of: entry.frontend)
                    #expect(holder != nil, "\(entry.frontend) is free, and \(service) wants it")
                    guard let holder, updates.contains(where: { $0.service == service }) else {
                        continue
                    }
                    let isReported = conflicts.contains {
                        $0.frontend == entry.frontend && $0.holder == holder
                            && $0.refused == service
                    }
                    #expect(isReported)
                }
                #expect(given.isEmpty)
            }
        }
    }

    @Test("follows from what is wanted last, in any order", arguments: 0..<40 as Range<UInt64>)
    func orderDoesNotMatter(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var wanted: [ServiceIdentity: [ForwardingEntry]] = [:]
        var host = Host()
        for _ in 0..<20 {
            let updates = random.updates()
            for (service, entries) in updates { wanted[service] = entries }
            _ = host.table.replace(updates)
        }
        for _ in 0..<4 {
            var other = Host()
            let updates = wanted.sorted { $0.key < $1.key }.shuffled(using: &random.random)
            _ = other.table.fill(with: updates.map { ($0.key, $0.value) })
            #expect(other.state == host.state)
        }
    }

    @Test(
        "is the same whether it was asked for the changes or not",
        arguments: 0..<20 as Range<UInt64>)
    func fill(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var (asked, filled) = (Host(), Host())
        for _ in 0..<10 {
            let updates = random.updates()
            #expect(asked.table.replace(updates).conflicts == filled.table.fill(with: updates))
        }
        #expect(asked.table.ruleset == filled.table.ruleset)
        #expect(asked.state == filled.state)
    }

    @Test("needs no change for the entries that it has", arguments: 0..<20 as Range<UInt64>)
    func sameAgain(seed: UInt64) {
        var random = RandomEntries(seed: seed)
        var host = Host()
        for _ in 0..<10 { _ = host.table.replace(random.updates()) }
        for service in Array(host.table.services) {
            let again = host.table.replace(service, with: host.table.entries(of: service))
            #expect(again.changes.isEmpty)
        }
    }
}
