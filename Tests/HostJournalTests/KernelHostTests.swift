import Addressing
import Netfilter
import Testing

@testable import HostJournal

/// Real addresses, routes and settings, in a network namespace each.
@Suite struct KernelHostTests {
    private let scratch: Scratch
    private let namespace: TestNamespace

    init() throws {
        scratch = try Scratch()
        namespace = try TestNamespace()
        try namespace.ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth0-peer")
        // Link-local addresses come when they please and would show as changes.
        for end in ["eth0", "eth0-peer"] {
            try namespace.ip("link", "set", end, "addrgenmode", "none", "up")
        }
        try namespace.ip("address", "add", "192.168.50.1/24", "dev", "eth0")
        try namespace.ip("address", "add", "fd00:50::1/64", "dev", "eth0", "nodad")
    }

    private func journal(_ role: String = "proxy") throws -> HostJournal {
        try HostJournal(directory: scratch.path, role: role, inNamespace: namespace.name)
    }

    private func setting(_ name: String) throws -> Sysctl {
        try #require(Sysctl(name, inNamespace: namespace.name))
    }

    private func change(_ journal: HostJournal) async throws {
        try await journal.setSysctl(forwarding, to: "1")
        try await journal.setSysctl("net.ipv6.conf.all.forwarding", to: "1")
        let addresses = try ["198.51.100.10", "fd00:100::10"].map { try #require(IPAddress($0)) }
        #expect(try await journal.addAddresses(addresses, interface: "eth0").isEmpty)
        for (range, source) in [
            ("10.96.0.0/12", "192.168.50.1"), ("fd00:96::/112", "fd00:50::1"),
        ] {
            try await journal.addRoute(
                to: try #require(CIDRBlock(range)), interface: "eth0",
                source: try #require(IPAddress(source)))
        }
    }

    /// All that the namespace has of what a journal may change.
    private func host() throws -> String {
        let settings = try [forwarding, "net.ipv6.conf.all.forwarding"].map {
            try setting($0).read()
        }
        let lists = try [
            namespace.ip("-o", "address"), namespace.ip("route"), namespace.ip("-6", "route"),
        ]
        return (settings + lists).joined(separator: "\n")
    }

    @Test("settings, addresses and routes of both families come, and go again without a trace")
    func undoes() async throws {
        let before = try host()
        try await change(journal())
        let changed = try host()
        for part in [
            "198.51.100.10/32", "fd00:100::10/128",
            "10.96.0.0/12 dev eth0 proto 120 scope link src 192.168.50.1",
            "fd00:96::/112 dev eth0 proto 120 src fd00:50::1",
        ] {
            #expect(changed.contains(part))
        }
        #expect(try setting(forwarding).read() == "1")
        // A process that starts later finds everything in the file.
        let lines = try await journal().undo()
        #expect(lines.count == 6)
        #expect(try host() == before)
        #expect(try await journal().undo() == [])
    }

    @Test("it dies after noting and before changing: undoing finds nothing, starting makes it so")
    func diesBeforeTheChange() async throws {
        let before = try host()
        try await change(journal())
        let files = filesIn(scratch.path)
        _ = try await journal().undo()
        for (name, data) in files { try scratch.write(data, to: name) }
        #expect(try await journal().undo() == [])
        #expect(try host() == before)

        for (name, data) in files { try scratch.write(data, to: name) }
        try await change(journal())
        #expect(try host() != before)
        #expect(try await journal().undo().count == 6)
        #expect(try host() == before)
    }

    @Test("somebody else's address stays, whoever asks for it")
    func foreignAddress() async throws {
        try namespace.ip("address", "add", "198.51.100.10/32", "dev", "eth0")
        let before = try host()
        let address = try #require(IPAddress("198.51.100.10"))
        let journal = try journal()
        #expect(try await journal.addAddresses([address], interface: "eth0").isEmpty)
        try await journal.removeAddresses([
            AddressRecord(address: address, prefixLength: 32, interface: "eth0")
        ])
        #expect(try await journal.undo() == [])
        #expect(try host() == before)
    }

    @Test("the interface goes, and with it what was on it: nothing is left to undo")
    func interfaceGone() async throws {
        try await change(journal())
        try namespace.ip("link", "delete", "eth0")
        let lines = try await journal().undo()
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.hasSuffix("back from 1 to 0") })
        #expect(filesIn(scratch.path).isEmpty)
    }

    @Test("an interface that is not there is named in the refusal, and nothing stays noted")
    func noInterface() async throws {
        let address = try #require(IPAddress("198.51.100.10"))
        let refused = try await journal().addAddresses([address], interface: "eth7")
        #expect(refused[address]?.subject == "198.51.100.10/32 on eth7")
        #expect(filesIn(scratch.path).isEmpty)
    }
}
