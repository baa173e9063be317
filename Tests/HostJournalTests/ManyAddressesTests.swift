import Addressing
import Netfilter
import Testing

@testable import HostJournal

/// Addresses that come and go together.
@Suite struct ManyAddressesTests {
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(HostState(), directory: scratch.path)
    }

    private func records(_ numbers: ClosedRange<Int>) throws -> [AddressRecord] {
        try numbers.map { try virtualAddress($0) }
    }

    @Test("they are noted before the first is there, and somebody else's are left alone")
    func notedFirst() async throws {
        let foreign = try virtualAddress(3)
        host.change { $0.foreignAddresses.insert(foreign) }
        let journal = try scratch.journal("balancer", on: host)
        let all = try records(1...5)
        let refused = try await journal.addAddresses(all.map(\.address), interface: "eth0")
        #expect(refused.isEmpty)
        let ours = Set(all).subtracting([foreign])
        #expect(host.state.addresses == ours)
        #expect(Set(await journal.records.addresses) == ours)
        let first = try #require(host.moments.first)
        let later = try Scratch(files: first.files)
        let survivor = try later.journal("balancer", on: host)
        #expect(Set(await survivor.records.addresses) == ours)
        try await journal.removeAddresses(all)
        #expect(host.state.addresses.isEmpty)
        #expect(await journal.records.isEmpty)
    }

    @Test("those that the kernel refuses are told and not noted")
    func refused() async throws {
        let journal = try scratch.journal("balancer", on: host)
        let all = try records(1...2)
        host.refuse(13)
        let refused = try await journal.addAddresses(all.map(\.address), interface: "eth0")
        #expect(Set(refused.keys) == Set(all.map(\.address)))
        #expect(refused.values.allSatisfy { $0.code == 13 })
        #expect(await journal.records.isEmpty)
    }

    @Test("those that could not be taken off stay noted")
    func stays() async throws {
        let journal = try scratch.journal("balancer", on: host)
        let all = try records(1...2)
        _ = try await journal.addAddresses(all.map(\.address), interface: "eth0")
        host.refuse(13)
        await #expect(throws: HostJournalError.self) { try await journal.removeAddresses(all) }
        #expect(Set(await journal.records.addresses) == Set(all))
        host.refuse(nil)
        try await journal.removeAddresses(all)
        #expect(host.state.addresses.isEmpty)
    }

    @Test("one that another role needs too stays until that lets go")
    func shared() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        let balancer = try scratch.journal("balancer", on: host)
        try await proxy.add(virtualAddress(1))
        let all = try records(1...2)
        _ = try await balancer.addAddresses(all.map(\.address), interface: "eth0")
        try await balancer.removeAddresses(all)
        #expect(host.state.addresses == [try virtualAddress(1)])
    }
}
