import Addressing
import Foundation
import Support
import Testing

@testable import HostJournal

/// Whenever the process dies, what is left on disk leads back to the host as it was.
@Suite struct CrashTests {
    private static let settings = [forwarding, "net.ipv6.conf.all.forwarding"]

    @Test("whenever the process dies, undoing leads back", arguments: 0..<40 as Range<UInt64>)
    func undoingLeadsBack(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        var start = HostState(sysctls: [:])
        for name in Self.settings { start.sysctls[name] = Bool.random(using: &random) ? "1" : "0" }
        if Bool.random(using: &random) { start.foreignAddresses.insert(try virtualAddress(1)) }
        if Bool.random(using: &random) {
            start.foreignRoutes.insert(try serviceRoute().destination)
        }

        let scratch = try Scratch()
        let host = ModelHost(start, directory: scratch.path)
        var journals = [try scratch.journal("proxy", on: host)]
        if Bool.random(using: &random) {
            journals.append(try scratch.journal("balancer", on: host))
        }
        // Roles that share a host agree on what they need of it.
        let values = journals.count == 1 ? ["0", "1", "2"] : ["1"]
        for _ in 0..<12 {
            let journal = journals[Int.random(in: journals.indices, using: &random)]
            try await Self.changeAnything(journal, values: values, using: &random)
        }
        try await Self.undo(journals)
        #expect(host.state == start)
        #expect(filesIn(scratch.path).isEmpty)
        for moment in host.moments {
            try await Self.expectUndoing(moment, leadsTo: start, mayDieAgain: true)
        }
    }

    @Test("it dies after noting an address and before adding it: the next start adds it")
    func diesBeforeTheChange() async throws {
        let scratch = try Scratch()
        let host = ModelHost(HostState(), directory: scratch.path)
        try await scratch.journal(on: host).add(virtualAddress())
        let moment = try #require(host.moments.first)
        #expect(moment.state.addresses.isEmpty)
        #expect(moment.files.keys.contains("host-proxy.json"))

        let later = try Scratch(files: moment.files)
        let laterHost = ModelHost(moment.state, directory: later.path)
        try await later.journal(on: laterHost).add(virtualAddress())
        #expect(laterHost.state.addresses == [try virtualAddress()])
        _ = try await later.journal(on: laterHost).undo()
        #expect(laterHost.state.addresses.isEmpty)
    }

    @Test("it dies while the file is written: the file of before counts")
    func diesWhileWriting() async throws {
        let scratch = try Scratch()
        let host = ModelHost(HostState(), directory: scratch.path)
        try await scratch.journal(on: host).add(virtualAddress())
        try scratch.write("{\"boot\" : \"fir", to: ".dat.nosync1234.abcdef")
        let journal = try scratch.journal(on: host)
        #expect(await journal.records.addresses == [try virtualAddress()])
        #expect(try HostJournal.roles(in: scratch.path) == ["proxy"])
    }

    private static func expectUndoing(
        _ moment: ModelHost.Moment, leadsTo start: HostState, mayDieAgain: Bool
    ) async throws {
        let scratch = try Scratch(files: moment.files)
        let host = ModelHost(moment.state, directory: scratch.path)
        var journals: [HostJournal] = []
        for role in try HostJournal.roles(in: scratch.path) {
            journals.append(try scratch.journal(role, on: host))
        }
        try await undo(journals)
        #expect(host.state == start)
        guard mayDieAgain else { return }
        for again in host.moments {
            try await expectUndoing(again, leadsTo: start, mayDieAgain: false)
        }
    }

    private static func undo(_ journals: [HostJournal]) async throws {
        for journal in journals { _ = try await journal.undo() }
    }

    private static func changeAnything(
        _ journal: HostJournal, values: [String], using random: inout SplitMix
    ) async throws {
        let address = try virtualAddress(Int.random(in: 1...3, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1:
            let name = settings[Int.random(in: 0...1, using: &random)]
            let value = values[Int.random(in: values.indices, using: &random)]
            try await journal.setSysctl(name, to: value)
        case 2: try await journal.add(address)
        case 3: try await journal.removeAddresses([address])
        case 4: try await journal.add(serviceRoute())
        case 5:
            let others = try (1...3).map { try virtualAddress($0).address }
            _ = try await journal.addAddresses(others, interface: "eth0")
        default: try await journal.removeAddresses(journal.records.addresses)
        }
    }
}
