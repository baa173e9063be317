import APIClient
import Addressing
import Forwarding
import FoundationEssentials
import Netfilter
import ServiceModel
import ServiceTranslation
import Support
import Synchronization
import TableSync
import Testing

@testable import NodeProxy

/// UDP Services at the node's ports, of which two flows are told apart by their pods.
@Suite("Carrying out what has arrived")
struct SyncLoopTests {
    private let namespace: NetworkNamespace
    private let parts: ProxyParts
    private let inbox: ProxyInbox

    init() throws {
        namespace = try NetworkNamespace()
        parts = try proxyParts(
            configuration(), in: namespace,
            journal: FileManager.default.temporaryDirectory
                .appending(path: "sluice-loop-\(UUID().uuidString)").path)
        let (_, signal) = AsyncStream.makeStream(of: Void.self)
        inbox = ProxyInbox(
            plan: NodePlan(configuration()), signal: signal, problems: { _ in },
            connection: { _ in })
    }

    private func place(_ port: Int) throws -> SocketEndpoint {
        SocketEndpoint(address: address("192.168.50.1"), port: try #require(Port(port)))
    }

    private func pod(_ number: Int) throws -> SocketEndpoint {
        SocketEndpoint(address: address("10.244.1.\(number)"), port: try #require(Port(8080)))
    }

    private func entry(at port: Int, to pods: [Int]) throws -> ForwardingEntry {
        let place = try place(port)
        return ForwardingEntry(
            Frontend(place.address, .udp, place.port), label: "default/web",
            backends: try pods.map(pod), sourceHiding: .everyClient)
    }

    /// What the kernel refuses: it cannot count so long a time in milliseconds.
    private func refused(at port: Int) throws -> ForwardingEntry {
        var entry = try entry(at: port, to: [2])
        entry.affinitySeconds = 20_000_000_000
        return entry
    }

    private func work(
        _ services: [String: [ForwardingEntry]], isComplete: Bool = false
    ) -> ProxyInbox.Work {
        let updates = services.sorted { $0.key < $1.key }.map { name, entries in
            var translated = TranslatedService()
            translated.entries = entries
            return ProxyInbox.Update(
                service: identity(name), translated: translated, duties: ServiceDuties())
        }
        return ProxyInbox.Work(
            updates: updates, isComplete: isComplete, surroundings: nil, nodeAddresses: [],
            nodePortAddresses: [], isNodeKnown: true, arrived: .now, triggers: [],
            haveOthersGone: false)
    }

    /// A loop whose kernel holds these Services.
    private func started(_ services: [String: [ForwardingEntry]]) async throws -> SyncLoop {
        var loop = SyncLoop(parts, inbox: inbox)
        try await loop.carryOut(work(services, isComplete: true))
        return loop
    }

    /// Has work carried out that fails as soon as the kernel's tables have to be read: a task that
    /// is cancelled gets no listing.
    private func carryOutBlindly(_ work: ProxyInbox.Work, by loop: SyncLoop) async -> (any Error)? {
        await withTaskGroup(of: (any Error)?.self) { group in
            group.cancelAll()
            group.addTask {
                var loop = loop
                do {
                    try await loop.carryOut(work)
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
    }

    /// What the purge is to delete of flows to pods; a start knows of no others before it.
    private func filters() async -> Set<FlowFilter> {
        let asked = Mutex<Set<FlowFilter>>([])
        parts.purge.end()
        await parts.purge.run(
            FlowPurge.Hands(
                delete: { filters in
                    asked.withLock { $0.formUnion(filters) }
                    return true
                },
                audit: { true }))
        return asked.withLock { $0 }.filter { $0.backend != $0.frontend }
    }

    private func gone(_ number: Int, from port: Int) throws -> FlowFilter {
        FlowFilter(transport: .udp, frontend: try place(port), backend: try pod(number))
    }

    @Test("flows of an endpoint that was withdrawn are deleted though the rest was not written")
    func withdrawn() async throws {
        let loop = try await started(["web": [try entry(at: 30_053, to: [2, 3, 4])]])
        let change = work([
            "bad": [try refused(at: 30_054)], "web": [try entry(at: 30_053, to: [2, 4])],
        ])
        #expect(await carryOutBlindly(change, by: loop) is NetfilterError)
        #expect(await filters() == [try gone(3, from: 30_053)])
    }

    @Test("what was written of work that failed is told when it is tried again")
    func writtenInPart() async throws {
        var loop = try await started(["web": [try entry(at: 30_053, to: [2, 3])]])
        let web = [try entry(at: 30_053, to: [2, 9]), try entry(at: 30_055, to: [2])]
        let change = work(["a": web, "bad": [try refused(at: 30_054)], "web": []])
        #expect(await carryOutBlindly(change, by: loop) is NetfilterError)
        try await loop.carryOut(work(["a": web, "bad": [], "web": []]))
        #expect(loop.datagramFrontends.places == [try place(30_053), try place(30_055)])
        #expect(await filters().contains(try gone(3, from: 30_053)))
    }

    @Test("what a Service asks for at a start and is not given is not written down as served")
    func notGiven() async throws {
        let taken = try entry(at: 30_054, to: [2])
        let holder = ForwardingEntry(
            taken.frontend, label: "default/a", backends: [], sourceHiding: .byServiceRange)
        let loop = try await started([
            "a": [holder], "web": [try entry(at: 30_053, to: [2]), taken],
        ])
        #expect(loop.datagramFrontends.places == [try place(30_053)])
    }

    @Test("a nodePort that another Service takes stays one that is served")
    func taken() async throws {
        var loop = try await started(["z": [try entry(at: 30_053, to: [2, 3])]])
        try await loop.carryOut(work(["a": [try entry(at: 30_053, to: [2, 3])]]))
        #expect(loop.datagramFrontends.places == [try place(30_053)])
        #expect(await filters() == [])
    }

    @Test("what the kernel refused is tried again later, unless it was accepted meanwhile")
    func refusedForNow() async throws {
        let (bad, web) = (identity("bad"), identity("web10"))
        var loop = try await started([:])
        try await loop.carryOut(work(["bad": [try refused(at: 30_054)]]))
        #expect(loop.refusals.takeDue(at: .now) == [])
        #expect(loop.refusals.takeDue(at: .now + RefusalPace.shortestDelay) == [bad])
        try await loop.carryOut(work(["bad": [try entry(at: 30_054, to: [2])]]))
        #expect(loop.refusals.takeDue(at: .now + RefusalPace.longestDelay) == [])

        await inbox.take(services: .listed([service(10)], revision: "1"))
        await inbox.take(slices: .listed([], revision: "1"))
        await inbox.take(nodes: .listed([node(1)], revision: "1"))
        _ = await inbox.takeWork()
        loop.refusals.note(tried: [], refused: [web], at: .now - RefusalPace.shortestDelay)
        await loop.lookAfterKernel()
        #expect(await inbox.takeWork()?.updates.map(\.service) == [web])
    }

    private func identity(_ name: String) -> ServiceIdentity {
        ServiceIdentity(namespace: "default", name: name)
    }
}
