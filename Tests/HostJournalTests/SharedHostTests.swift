import Testing

@testable import HostJournal

/// Several roles on one host.
@Suite struct SharedHostTests {
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(HostState(sysctls: [forwarding: "0"]), directory: scratch.path)
    }

    @Test("a setting that two roles need is set back by the last of them")
    func sharedSetting() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        let balancer = try scratch.journal("balancer", on: host)
        try await proxy.setSysctl(forwarding, to: "1")
        try await balancer.setSysctl(forwarding, to: "1")
        #expect(try HostJournal.roles(in: scratch.path) == ["balancer", "proxy"])
        #expect(try await proxy.undo() == [])
        #expect(host.state.sysctls[forwarding] == "1")
        #expect(try await balancer.undo() == ["set net.ipv4.ip_forward back from 1 to 0"])
    }

    @Test("a second role's other value goes back to what was there before the first role's")
    func sharedSettingOtherValue() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        let balancer = try scratch.journal("balancer", on: host)
        try await proxy.setSysctl(forwarding, to: "1")
        try await balancer.setSysctl(forwarding, to: "2")
        _ = try await proxy.undo()
        _ = try await balancer.undo()
        #expect(host.state.sysctls[forwarding] == "0")
    }

    @Test("an address that two roles asked for goes when the last of them gives it back")
    func sharedAddress() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        let balancer = try scratch.journal("balancer", on: host)
        try await proxy.add(virtualAddress())
        try await balancer.add(virtualAddress())
        try await proxy.removeAddresses([virtualAddress()])
        #expect(host.state.addresses == [try virtualAddress()])
        try await balancer.removeAddresses([virtualAddress()])
        #expect(host.state.addresses.isEmpty)
    }

    @Test("undoing one role leaves the address and the route that another role asked for")
    func undoShared() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        let balancer = try scratch.journal("balancer", on: host)
        for journal in [proxy, balancer] {
            try await journal.add(virtualAddress())
            try await journal.add(serviceRoute())
        }
        #expect(try await proxy.undo() == [])
        #expect(host.state.addresses.count == 1 && host.state.routes.count == 1)
        #expect(try await balancer.undo().count == 2)
        #expect(host.state.addresses.isEmpty && host.state.routes.isEmpty)
    }

    @Test("undoing stops at another role's damaged journal: it may need what would go")
    func damagedNeighbour() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        try await proxy.setSysctl(forwarding, to: "1")
        try scratch.write("nonsense", to: "host-balancer.json")
        let error = await #expect(throws: HostJournalError.self) { try await proxy.undo() }
        #expect(error?.file == "\(scratch.path)/host-balancer.json")
        #expect(host.state.sysctls[forwarding] == "1")
    }
}
