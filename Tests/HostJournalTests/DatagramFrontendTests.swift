import Addressing
import Testing

@testable import HostJournal

@Suite("Where UDP was served, for whoever starts after a kill")
struct DatagramFrontendTests {
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(HostState(), directory: scratch.path)
    }

    private func places(_ texts: String...) throws -> Set<SocketEndpoint> {
        Set(try texts.map { try #require(SocketEndpoint($0)) })
    }

    @Test("what went stays noted until it may be forgotten, over restarts")
    func keeps() async throws {
        let first = try places("192.168.50.1:30053", "[fd00:198::10]:53")
        let second = try places("192.168.50.1:30054")
        try await scratch.journal(on: host).noteDatagramFrontends(first, forgettingOthers: true)
        let journal = try scratch.journal(on: host)
        #expect(await journal.datagramFrontends == first)
        try await journal.noteDatagramFrontends(second, forgettingOthers: false)
        #expect(try await scratch.journal(on: host).datagramFrontends == first.union(second))
        try await journal.noteDatagramFrontends(second, forgettingOthers: true)
        #expect(try await scratch.journal(on: host).datagramFrontends == second)
    }

    @Test("no place, or a reboot, leaves nothing; nothing has to be undone")
    func forgets() async throws {
        let some = try places("192.168.50.1:30053")
        let journal = try scratch.journal(on: host)
        try await journal.noteDatagramFrontends(some, forgettingOthers: true)
        try await journal.noteDatagramFrontends([], forgettingOthers: true)
        #expect(filesIn(scratch.path).isEmpty)
        try await journal.noteDatagramFrontends(some, forgettingOthers: false)
        host.change { $0.boot = "second boot" }
        #expect(try await scratch.journal(on: host).datagramFrontends.isEmpty)
        #expect(try await journal.undo() == [])
        #expect(filesIn(scratch.path).isEmpty)
    }

    @Test("of more places than are noted those that went are kept")
    func isBounded() async throws {
        let limit = HostJournal.maximumDatagramFrontends
        let address = try #require(IPAddress("192.168.50.1"))
        let many = Set(
            (1...limit).compactMap(Port.init).map {
                SocketEndpoint(address: address, port: $0)
            })
        let gone = try places("198.51.100.10:53")
        let journal = try scratch.journal(on: host)
        try await journal.noteDatagramFrontends(gone, forgettingOthers: true)
        try await journal.noteDatagramFrontends(many, forgettingOthers: false)
        let noted = await journal.datagramFrontends
        #expect(noted.count == limit)
        #expect(noted.isSuperset(of: gone))
        try await journal.noteDatagramFrontends(many, forgettingOthers: true)
        #expect(await journal.datagramFrontends == many)
    }
}
