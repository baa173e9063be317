import TableSync
import Testing

@testable import Daemon

@Suite("What the health port says")
struct HealthPagesTests {
    private let health = SyncHealth(stallTimeout: .seconds(60))

    /// Which pages are well, of `/healthz`, `/livez` and `/readyz`.
    private func wells() async -> [Bool] {
        var wells: [Bool] = []
        for page in HealthPages(health: health).all { wells.append(await page.answer().isWell) }
        return wells
    }

    private func text() async throws -> String {
        let page = try #require(HealthPages(health: health).all.first)
        return await page.answer().body
    }

    @Test("the pages tell starting, serving, stalling and leaving apart")
    func pages() async throws {
        #expect(HealthPages(health: health).all.map(\.path) == ["/healthz", "/livez", "/readyz"])
        #expect(await wells() == [true, true, false])
        health.update { $0.hasAdopted = true }
        #expect(await wells() == [true, true, true])
        health.update { $0.hasSynced = true }
        #expect(await wells() == [true, true, true])
        health.update { $0.isNodeGoing = true }
        #expect(await wells() == [false, true, false])
        health.update {
            $0.isNodeGoing = false
            $0.waitingSince = .now - .seconds(61)
        }
        #expect(await wells() == [false, false, false])
    }

    @Test("121: the text says when the kernel was last written, and when it was last read back")
    func texts() async throws {
        let before = try await text()
        #expect(!before.contains("lastUpdated"))
        #expect(!before.contains("readBack"))
        health.update {
            $0.hasSynced = true
            $0.hasAdopted = true
            $0.lastSync = .now
            $0.readBack = .init(time: .now - .seconds(7), digest: "0123456789abcdef")
        }
        let after = try await text()
        for part in [
            "\"lastUpdated\" : \"20", "\"digest\" : \"0123456789abcdef\"",
            "\"ageSeconds\" : ", "\"nodeEligible\" : true", "\"synced\" : true",
            "\"adopted\" : false",
        ] {
            #expect(after.contains(part), "\(part) in \(after)")
        }
    }
}
