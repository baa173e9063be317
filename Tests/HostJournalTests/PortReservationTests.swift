import Addressing
import Netfilter
import Testing

@testable import HostJournal

@Suite("Ports that the kernel shall not give out by itself")
struct PortReservationTests {
    private let setting = HostJournal.reservedPorts
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(
            HostState(sysctls: [HostJournal.reservedPorts: "8080,9000-9002"]),
            directory: scratch.path)
    }

    private var list: String? { host.state.sysctls[setting] }

    private func ports(_ numbers: ClosedRange<UInt16>...) -> PortSet {
        PortSet(numbers: numbers.reduce(into: []) { $0.formUnion($1) })
    }

    @Test("they are merged into the operator's list, and what is no longer needed is given back")
    func merged() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.reservePorts(ports(30_080...30_081, 30_100...30_100))
        #expect(list == "8080,9000-9002,30080-30081,30100")
        try await journal.reservePorts(ports(30_081...30_082))
        #expect(list == "8080,9000-9002,30081-30082")
        try await journal.reservePorts(PortSet())
        #expect(list == "8080,9000-9002")
        #expect(filesIn(scratch.path).isEmpty)
    }

    @Test("cleaning up takes out ours alone, also what the operator added meanwhile stays")
    func undone() async throws {
        try await scratch.journal(on: host).reservePorts(ports(30_080...30_081))
        host.change { $0.sysctls[HostJournal.reservedPorts] = "7000,8080,9000-9002,30080-30081" }
        let lines = try await scratch.journal(on: host).undo()
        #expect(lines == ["took 30080-30081 out of \(setting)"])
        #expect(list == "7000,8080,9000-9002")
        #expect(filesIn(scratch.path).isEmpty)
    }

    @Test("a port that the operator has reserved already stays his")
    func operatorsOwn() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.reservePorts(ports(8_080...8_080, 9_002...9_003))
        #expect(list == "8080,9000-9003")
        #expect(try await journal.undo().count == 1)
        #expect(list == "8080,9000-9002")
    }

    @Test("what somebody took out is put in again")
    func putBack() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.reservePorts(ports(30_080...30_080))
        host.change { $0.sysctls[HostJournal.reservedPorts] = "" }
        try await journal.reservePorts(ports(30_080...30_080))
        #expect(list == "30080")
    }

    @Test("a port that two roles need goes when the last of them gives it back")
    func shared() async throws {
        let proxy = try scratch.journal("proxy", on: host)
        let other = try scratch.journal("balancer", on: host)
        try await proxy.reservePorts(ports(30_080...30_081))
        try await other.reservePorts(ports(30_081...30_082))
        #expect(list == "8080,9000-9002,30080-30082")
        _ = try await proxy.undo()
        #expect(list == "8080,9000-9002,30081-30082")
        _ = try await other.undo()
        #expect(list == "8080,9000-9002")
    }

    @Test("whenever the process dies, undoing leads back")
    func crashes() async throws {
        let before = host.state
        let journal = try scratch.journal(on: host)
        for ports in [ports(30_080...30_090), ports(30_085...30_095), ports(8_080...8_090)] {
            try await journal.reservePorts(ports)
        }
        #expect(host.moments.count == 6)
        for moment in host.moments {
            let later = try Scratch(files: moment.files)
            let laterHost = ModelHost(moment.state, directory: later.path)
            _ = try await later.journal(on: laterHost).undo()
            let left = laterHost.state.sysctls[setting].flatMap { PortSet(text: $0) }
            #expect(left == before.sysctls[setting].flatMap { PortSet(text: $0) })
        }
    }

    @Test("a journal of an earlier version, which knows no ports, is read")
    func earlierVersion() async throws {
        let boot = host.state.boot
        try scratch.write(
            """
            {"version": 1, "boot": "\(boot)",
             "records": {"sysctls": [], "addresses": [], "routes": []}}
            """, to: "host-proxy.json")
        try await scratch.journal(on: host).reservePorts(ports(30_080...30_080))
        #expect(list == "8080,9000-9002,30080")
    }

    @Test("texts are read and written as the kernel does it")
    func texts() {
        #expect(PortSet(text: "")?.isEmpty == true)
        #expect(PortSet(text: "1,3-5\n")?.numbers == [1, 3, 4, 5])
        #expect(ports(1...1, 3...5, 6...7).text == "1,3-7")
        for wrong in ["x", "5-3", "1-2-3", "70000", "-"] {
            #expect(PortSet(text: wrong) == nil, "\(wrong)")
        }
    }

    @Test("a list that is too long for the kernel is made shorter by filling small gaps")
    func tooLong() {
        let every = PortSet(numbers: Set((30_000..<32_700).filter { $0 % 2 == 0 }))
        let fitting = every.fittingText
        #expect(fitting.text.utf8.count <= PortSet.maximumTextBytes)
        #expect(fitting.numbers.isSuperset(of: every.numbers))
        #expect(fitting.text == "30000-32698")
        let short = PortSet(numbers: Set((30_000..<31_000).filter { $0 % 2 == 0 }))
        #expect(short.fittingText == short)
    }

    @Test("the kernel takes the list, both ways and at its longest")
    func kernel() async throws {
        let namespace = try TestNamespace()
        let reserved = try #require(Sysctl(setting, inNamespace: namespace.name))
        try reserved.write("8080")
        let journal = try HostJournal(
            directory: scratch.path, role: "proxy", inNamespace: namespace.name)
        let many = PortSet(numbers: Set((30_000..<31_200).filter { $0 % 2 == 0 }))
        try await journal.reservePorts(many)
        #expect(PortSet(text: try reserved.read()) == many.union(ports(8_080...8_080)))
        try await journal.reservePorts(ports(30_080...30_080))
        #expect(try reserved.read() == "8080,30080")
        #expect(try await journal.undo().count == 1)
        #expect(try reserved.read() == "8080")
    }

    @Test("a list that was empty is empty again, in the kernel")
    func emptyInKernel() async throws {
        let namespace = try TestNamespace()
        let reserved = try #require(Sysctl(setting, inNamespace: namespace.name))
        let journal = try HostJournal(
            directory: scratch.path, role: "proxy", inNamespace: namespace.name)
        for _ in 0..<2 {
            try await journal.reservePorts(ports(30_080...30_080))
            #expect(try reserved.read() == "30080")
            try await journal.reservePorts(PortSet())
            #expect(try reserved.read() == "")
        }
        try await journal.reservePorts(ports(30_080...30_080))
        #expect(try await journal.undo().count == 1)
        #expect(try reserved.read() == "")
    }

    @Test("whether the tables were complete is known after a restart, and not after a reboot")
    func completeTables() async throws {
        #expect(try await !scratch.journal(on: host).hasCompleteTables)
        try await scratch.journal(on: host).noteCompleteTables()
        #expect(try await scratch.journal(on: host).hasCompleteTables)
        host.change { $0.boot = "second boot" }
        #expect(try await !scratch.journal(on: host).hasCompleteTables)
        host.change { $0.boot = "first boot" }
        #expect(try await scratch.journal(on: host).undo() == [])
        #expect(try await !scratch.journal(on: host).hasCompleteTables)
        #expect(filesIn(scratch.path).isEmpty)
    }
}
