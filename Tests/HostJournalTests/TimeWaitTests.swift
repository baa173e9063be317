import Testing

@testable import HostJournal

@Suite("How long the kernel remembers connections that both ends closed")
struct TimeWaitTests {
    private static let setting = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(HostState(sysctls: [Self.setting: "120"]), directory: scratch.path)
    }

    private var seconds: String? { host.state.sysctls[Self.setting] }

    @Test("it is shortened, and set back when all is undone")
    func shortened() async throws {
        let journal = try scratch.journal("balancer", on: host)
        try await journal.limitTimeWait(seconds: 10)
        #expect(seconds == "10")
        #expect(try await journal.undo() == ["set \(Self.setting) back from 10 to 120"])
        #expect(seconds == "120")
    }

    @Test("a later run may want more or less, up to what it was at first")
    func later() async throws {
        for (wanted, expected) in [(10, "10"), (30, "30"), (5, "5"), (600, "120"), (10, "10")] {
            try await scratch.journal("balancer", on: host).limitTimeWait(seconds: wanted)
            #expect(seconds == expected)
        }
        try await scratch.journal("balancer", on: host).limitTimeWait(seconds: nil)
        #expect(seconds == "120")
    }

    @Test("a shorter time of the operator's own stays, also one that was set since")
    func operators() async throws {
        host.change { $0.sysctls[Self.setting] = "3" }
        let journal = try scratch.journal("balancer", on: host)
        try await journal.limitTimeWait(seconds: 10)
        #expect(seconds == "3" && filesIn(scratch.path).isEmpty)
        host.change { $0.sysctls[Self.setting] = "60" }
        try await journal.limitTimeWait(seconds: 10)
        host.change { $0.sysctls[Self.setting] = "4" }
        try await journal.limitTimeWait(seconds: 10)
        #expect(seconds == "4")
        #expect(try await journal.undo() == [])
    }

    @Test("a time that the operator sets while it changes stays the longest, also afterwards")
    func operatorsMeanwhile() async throws {
        let journal = try scratch.journal("balancer", on: host)
        try await journal.limitTimeWait(seconds: 64)
        host.change { $0.sysctls[Self.setting] = "30" }
        for (wanted, expected) in [(48, 30), (24, 24), (64, 30)] {
            #expect(try await journal.limitTimeWait(seconds: wanted) == expected)
            #expect(seconds == "\(expected)")
        }
        #expect(try await journal.undo() == [])
        #expect(seconds == "30")
    }

    @Test("a kernel that does not track connections has no such setting: that is told")
    func untracked() async throws {
        host.change { $0.sysctls = [:] }
        let journal = try scratch.journal("balancer", on: host)
        await #expect(throws: HostJournalError.self) {
            try await journal.limitTimeWait(seconds: 10)
        }
        #expect(await journal.records.isEmpty)
    }
}
