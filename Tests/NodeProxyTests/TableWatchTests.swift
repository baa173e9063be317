import Addressing
import Forwarding
import FoundationEssentials
import ServiceModel
import Support
import TableSync
import Testing

@testable import NodeProxy

@Suite("Reading the tables back in the background")
struct TableWatchTests {
    private let namespace: NetworkNamespace
    private let parts: ProxyParts
    private let sweep: TableSweep

    init() throws {
        let namespace = try NetworkNamespace()
        parts = try proxyParts(
            configuration(), in: namespace,
            journal: FileManager.default.temporaryDirectory
                .appending(path: "sluice-watch-\(UUID().uuidString)").path)
        sweep = try TableSweep(inNamespace: namespace.name)
        self.namespace = namespace
    }

    private func entries(_ number: Int) throws -> [ServiceIdentity: [ForwardingEntry]] {
        let frontend = Frontend(address("10.96.0.\(number)"), .tcp, try #require(Port(80)))
        return [
            ServiceIdentity(namespace: "default", name: "web"): [
                ForwardingEntry(
                    frontend, label: "default/web", backends: [], sourceHiding: .byServiceRange)
            ]
        ]
    }

    /// Watches until there is a reading that is later than this one.
    private func nextReading(after last: SyncHealth.ReadBack?) async -> SyncHealth.ReadBack? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [parts, sweep] in await TableWatch(parts, sweep).run() }
            defer { group.cancelAll() }
            // Ten times what reading takes, and on a busy host that is long.
            let deadline = ContinuousClock.now + .seconds(300)
            while ContinuousClock.now < deadline {
                if let reading = parts.health.state.readBack, reading != last { return reading }
                try? await Task.sleep(for: .milliseconds(20))
            }
            return nil
        }
    }

    @Test("a reading of everything that matched is told, with a digest of what the tables hold")
    func tellsReading() async throws {
        _ = try await parts.writer.start(try entries(10), surroundings: Surroundings())
        parts.health.update { $0.hasSynced = true }
        let first = try #require(await nextReading(after: nil))
        #expect(await sweep.digest == first.digest)
        _ = try await parts.writer.write(try entries(11).map { ($0.key, $0.value) })
        let second = try #require(await nextReading(after: first))
        #expect(second.digest != first.digest)
        #expect(second.time > first.time)
    }

    @Test("tables that are not known to be as planned are not said to be")
    func isUnknown() async throws {
        _ = try await parts.writer.start(try entries(10), surroundings: Surroundings())
        // Somebody committed between two commits of ours.
        try namespace.nft("add", "table", "ip", "foreign")
        _ = try await parts.writer.write(try entries(11).map { ($0.key, $0.value) })
        #expect(await parts.writer.plan() == nil)
        parts.health.update { $0.hasSynced = true }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [parts, sweep] in await TableWatch(parts, sweep).run() }
            // The first round begins after a second.
            try? await Task.sleep(for: .seconds(2))
            group.cancelAll()
        }
        #expect(parts.health.state.readBack == nil)
        #expect(await sweep.pieceCount == 0)
        _ = try await parts.writer.compare()
        #expect(await nextReading(after: nil) != nil)
    }
}
