import Forwarding
import Foundation
import Netfilter
import Support
import TableSync
import Testing

@testable import APIClient
@testable import NodeProxy

/// A proxy's loop over real tables in a namespace, which compares them by itself once an hour.
@Suite("Changes of our tables by others")
struct ForeignEditTests {
    private let namespace: NetworkNamespace
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "sluice-edits-\(UUID().uuidString)").path
    private let parts: ProxyParts
    private let inbox: ProxyInbox
    private let signal: AsyncStream<Void>.Continuation

    init() throws {
        namespace = try NetworkNamespace()
        var configuration = configuration()
        configuration.compareInterval = .seconds(7200)
        parts = try proxyParts(configuration, in: namespace, journal: directory)
        (_, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        inbox = ProxyInbox(
            plan: NodePlan(configuration), signal: signal, problems: { _ in },
            connection: { _ in })
    }

    /// The loop after it has written a Service.
    private func started() async throws -> SyncLoop {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        await inbox.take(services: .listed([service(10)], revision: "1"))
        await inbox.take(slices: .listed([slice(of: 10, pods: ["10.244.1.2"])], revision: "1"))
        await inbox.take(nodes: .listed([], revision: "1"))
        var loop = SyncLoop(parts, inbox: inbox)
        await loop.turn()
        #expect(parts.health.state.hasSynced)
        return loop
    }

    private func services() throws -> String {
        try namespace.nft("list", "map", "ip", "sluice", "services")
    }

    /// Runs a body while the kernel is listened to.
    private func listening(_ body: () async throws -> Void) async throws {
        let watch = try ForeignEditWatch(
            tables: NodePlan(parts.configuration).layout.tables, inNamespace: namespace.name)
        let listener = ForeignEditListener(watch: watch, parts: parts, signal: signal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test("the kernel's notice of a change has all repaired, long before the tables are compared")
    func notice() async throws {
        var loop = try await started()
        let written = try services()
        try namespace.nft("flush", "map", "ip", "sluice", "services")
        await loop.turn()
        // Nobody has told of it, and it is not time to look.
        #expect(try services() != written)
        try await listening {
            try namespace.nft("add", "chain", "ip", "sluice", "foreign")
            try await eventually("the kernel has told of it") { !parts.foreignEdits.isEmpty }
            try await eventually("what was flushed is back") {
                await loop.turn()
                return (try? services()) == written
            }
        }
    }

    @Test("our own transactions are no changes by others")
    func ownChanges() async throws {
        var loop = try await started()
        try await listening {
            await inbox.take(slices: .upserted(slice(of: 10, pods: ["10.244.1.2", "10.244.1.3"])))
            await loop.turn()
            // Notices come in order: behind this one, ours would have been told.
            try namespace.nft("add", "chain", "ip", "sluice", "foreign")
            try await eventually("the kernel has told of it") { !parts.foreignEdits.isEmpty }
            let edits = parts.foreignEdits.take()
            #expect(edits.count == 1 && edits.first?.processName == "nft", "\(edits)")
        }
    }

    @Test("how long the kernel's notice takes is printed")
    func latency() async throws {
        _ = try await started()
        try await listening {
            var waits: [Duration] = []
            for number in 0..<20 {
                let began = ContinuousClock.now
                try namespace.nft("add", "chain", "ip", "sluice", "foreign\(number)")
                try await eventually("the kernel has told of it") { !parts.foreignEdits.isEmpty }
                waits.append(.now - began)
                #expect(parts.foreignEdits.take().first?.processName == "nft")
            }
            waits.sort()
            print(
                "others' edits, from nft's start to the notice: median \(waits[10]), most",
                "\(waits[19])")
        }
    }
}
