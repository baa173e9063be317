import Addressing
import Netfilter
import Testing

@testable import HostJournal

@Suite struct UndoTests {
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(HostState(sysctls: [forwarding: "0"]), directory: scratch.path)
    }

    @Test("what was done is undone, line by line, and the journal goes")
    func undoes() async throws {
        let before = host.state
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl(forwarding, to: "1")
        try await journal.add(virtualAddress())
        try await journal.add(serviceRoute())
        #expect(host.state != before)
        let lines = try await journal.undo()
        #expect(
            lines == [
                "removed the route 10.96.0.0/12 dev eth0 src 192.168.50.1",
                "removed the address 198.51.100.10/32 on eth0",
                "set net.ipv4.ip_forward back from 1 to 0",
            ])
        #expect(host.state == before)
        #expect(filesIn(scratch.path).isEmpty)
        #expect(try await journal.undo() == [])
    }

    @Test("what was there already is not noted, and stays")
    func leavesForeign() async throws {
        let address = try virtualAddress()
        let route = try serviceRoute()
        host.change {
            $0.sysctls[forwarding] = "1"
            $0.foreignAddresses = [address]
            $0.foreignRoutes = [route.destination]
        }
        let before = host.state
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl(forwarding, to: "1")
        try await journal.add(address)
        try await journal.add(route)
        #expect(filesIn(scratch.path).isEmpty)
        try await journal.removeAddresses([address])
        #expect(try await journal.undo() == [])
        #expect(host.state == before)
    }

    @Test("the value before the first change is the one that comes back")
    func firstValue() async throws {
        host.change { $0.sysctls["net.ipv4.ip_local_port_range"] = "32768\t60999" }
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl("net.ipv4.ip_local_port_range", to: "10000 20000")
        try await journal.setSysctl("net.ipv4.ip_local_port_range", to: "10000 30000")
        host.change { $0.sysctls["net.ipv4.ip_local_port_range"] = "10000\t30000" }
        let lines = try await scratch.journal(on: host).undo()
        #expect(lines.count == 1)
        #expect(host.state.sysctls["net.ipv4.ip_local_port_range"] == "32768\t60999")
    }

    @Test("a setting that somebody else changed since stays as it is")
    func changedSince() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl(forwarding, to: "1")
        host.change { $0.sysctls[forwarding] = "2" }
        #expect(try await journal.undo() == [])
        #expect(host.state.sysctls[forwarding] == "2")
    }

    @Test("what is gone already is fine: addresses, routes, settings of an interface that went")
    func missing() async throws {
        host.change { $0.sysctls["net.ipv4.conf.eth0.arp_ignore"] = "0" }
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl("net.ipv4.conf.eth0.arp_ignore", to: "1")
        try await journal.add(virtualAddress())
        try await journal.add(serviceRoute())
        host.change {
            $0.sysctls["net.ipv4.conf.eth0.arp_ignore"] = nil
            $0.addresses = []
            $0.routes = []
        }
        #expect(try await journal.undo() == [])
        #expect(filesIn(scratch.path).isEmpty)
    }

    @Test("an address that was removed from outside is put on again when it is asked for")
    func restores() async throws {
        let address = try virtualAddress()
        let journal = try scratch.journal(on: host)
        try await journal.add(address)
        host.change { $0.addresses = [] }
        try await journal.add(address)
        #expect(host.state.addresses == [address])
        #expect(await journal.records.addresses == [address])
    }

    @Test("what bears our mark is ours, also when the journal was lost")
    func lostJournal() async throws {
        let address = try virtualAddress()
        let route = try serviceRoute()
        host.change {
            $0.addresses = [address]
            $0.routes = [route]
        }
        let journal = try scratch.journal(on: host)
        try await journal.add(address)
        try await journal.add(route)
        #expect(try await journal.undo().count == 2)
        #expect(host.state == HostState(sysctls: [forwarding: "0"]))
    }

    @Test("an address given back is no longer noted")
    func givesBack() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.add(virtualAddress(10))
        try await journal.add(virtualAddress(11))
        try await journal.removeAddresses([virtualAddress(10)])
        #expect(host.state.addresses == [try virtualAddress(11)])
        let reopened = try scratch.journal(on: host)
        #expect(await reopened.records.addresses == [try virtualAddress(11)])
    }

    @Test("a change that the kernel refuses is struck out again, and the error says so")
    func refused() async throws {
        let journal = try scratch.journal(on: host)
        host.refuse(1)
        let error = await #expect(throws: HostJournalError.self) {
            try await journal.add(serviceRoute())
        }
        let expected = NetworkError(
            operation: .addRoute, code: 1, subject: "\(try serviceRoute())")
        #expect(error?.code == .refused([expected]))
        #expect(error?.description.hasSuffix("run as root") == true)
        #expect(await journal.records.isEmpty)
    }

    @Test("what cannot be undone stays noted, the rest is undone, a second try does the rest")
    func undoRefused() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl(forwarding, to: "1")
        try await journal.add(virtualAddress())
        host.change { $0.addresses = [] }
        host.refuse(30)
        await #expect(throws: HostJournalError.self) { try await journal.undo() }
        let reopened = try scratch.journal(on: host)
        #expect(await reopened.records.addresses.isEmpty)
        #expect(await reopened.records.sysctl(forwarding)?.before == "0")
        host.refuse(nil)
        #expect(try await reopened.undo() == ["set net.ipv4.ip_forward back from 1 to 0"])
    }

    @Test("a reboot undoes everything itself: older notes are forgotten")
    func reboot() async throws {
        try await scratch.journal(on: host).setSysctl(forwarding, to: "1")
        host.change { $0.boot = "second boot" }
        let journal = try scratch.journal(on: host)
        #expect(await journal.records.isEmpty)
        #expect(try await journal.undo() == [])
        #expect(host.state.sysctls[forwarding] == "1")
        #expect(filesIn(scratch.path).isEmpty)
    }
}
