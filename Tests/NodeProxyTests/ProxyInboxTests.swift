import Addressing
import Forwarding
import ServiceModel
import ServiceTranslation
import Synchronization
import Testing

@testable import APIClient
@testable import KubeAPI
@testable import NodeProxy

@Suite("What waits for the kernel")
struct ProxyInboxTests {
    /// What the inbox has said of problems and of the API.
    private final class Said: Sendable {
        let problems = Mutex<[String]>([])
        let connections = Mutex<[APIClientError?]>([])
    }

    private let said = Said()
    private let inbox: ProxyInbox
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        inbox = ProxyInbox(
            plan: NodePlan(configuration()), signal: signal,
            problems: { [said] problem in said.problems.withLock { $0.append(problem) } },
            connection: { [said] error in said.connections.withLock { $0.append(error) } })
    }

    /// Whether the inbox has called since this was last asked.
    private func hasSignalled() async -> Bool {
        signal.finish()
        return await signals.contains { true }
    }

    /// Lists two Services with a pod each, and node1.
    private func list() async {
        await inbox.take(services: .listed([service(10), service(11)], revision: "1"))
        await inbox.take(
            slices: .listed(
                [slice(of: 10, pods: ["10.244.1.2"]), slice(of: 11, pods: ["10.244.1.3"])],
                revision: "1"))
        await inbox.take(nodes: .listed([node(1)], revision: "1"))
    }

    private func names(_ work: ProxyInbox.Work?) -> [String]? {
        work?.updates.map(\.service.name)
    }

    @Test("there is nothing to do before Services, endpoints and nodes are all listed")
    func allThree() async throws {
        #expect(await inbox.takeWork() == nil)
        await inbox.take(services: .listed([service(10)], revision: "1"))
        #expect(await inbox.takeWork() == nil)
        await inbox.take(services: .upserted(service(11)))
        await inbox.take(slices: .upserted(slice(of: 10, pods: ["10.244.1.2"])))
        await inbox.take(nodes: .listed([node(1)], revision: "1"))
        #expect(await inbox.takeWork() == nil)
        await inbox.take(
            slices: .listed([slice(of: 10, pods: ["10.244.1.2"])], revision: "1"))

        let work = try #require(await inbox.takeWork())
        #expect(work.isComplete)
        #expect(work.surroundings?.localPods == [block("10.244.1.0/24")])
        #expect(names(work) == ["web10", "web11"])
        #expect(work.updates[0].translated.entries.map(\.backends.count) == [1])
        #expect(await inbox.takeWork() == nil)
        #expect(await hasSignalled())
    }

    @Test("an empty cluster is complete work too: the tables without any Service")
    func empty() async throws {
        await inbox.take(services: .listed([], revision: "1"))
        await inbox.take(slices: .listed([], revision: "1"))
        await inbox.take(nodes: .listed([], revision: "1"))
        let work = try #require(await inbox.takeWork())
        #expect(work.isComplete)
        #expect(work.updates.isEmpty)
    }

    @Test("changes that come meanwhile go together, each Service once and as it is then")
    func coalesces() async throws {
        await list()
        _ = await inbox.takeWork()
        for pod in 2..<6 {
            await inbox.take(
                slices: .upserted(
                    slice(
                        of: 10, pods: (2...pod).map { "10.244.1.\($0)" },
                        changedAt: "2026-01-01T00:00:0\(pod)Z")))
        }
        await inbox.take(services: .deleted(service(11)))
        let work = try #require(await inbox.takeWork())
        #expect(!work.isComplete)
        #expect(work.surroundings == nil)
        #expect(names(work) == ["web10", "web11"])
        #expect(work.updates[0].translated.entries.map(\.backends.count) == [4])
        #expect(work.updates[1].translated == TranslatedService())
        // The first repeats what was listed, so nothing had to be done since.
        #expect(work.triggers == (3..<6).map { "2026-01-01T00:00:0\($0)Z" })
        #expect(await inbox.takeWork() == nil)
    }

    @Test("what changes nothing is no work")
    func same() async {
        await list()
        _ = await inbox.takeWork()
        await list()
        await inbox.take(services: .upserted(service(10)))
        await inbox.take(nodes: .upserted(node(1)))
        #expect(await inbox.takeWork() == nil)
        #expect(await inbox.oldestWaiting == nil)
    }

    @Test("a node that changes brings new surroundings and all Services")
    func nodeChange() async throws {
        await list()
        _ = await inbox.takeWork()
        await inbox.take(nodes: .upserted(node(2)))
        let work = try #require(await inbox.takeWork())
        #expect(!work.isComplete)
        #expect(
            work.surroundings?.cluster.contains { $0.contains(address("192.168.50.2")) } == true)
        #expect(names(work) == ["web10", "web11"])
    }

    @Test("work that could not be carried out comes back, with what arrived since")
    func putBack() async throws {
        await list()
        _ = await inbox.takeWork()
        await inbox.take(services: .deleted(service(10)))
        let failed = try #require(await inbox.takeWork())
        await inbox.take(
            slices: .upserted(slice(of: 11, pods: [], changedAt: "2026-01-01T00:00:00Z")))
        await inbox.putBack(failed)
        #expect(await inbox.oldestWaiting == failed.arrived)

        let work = try #require(await inbox.takeWork())
        #expect(names(work) == ["web10", "web11"])
        #expect(work.updates[0].translated == TranslatedService())
        #expect(work.arrived == failed.arrived)
        #expect(!work.isComplete)
        #expect(await inbox.oldestWaiting == nil)
    }

    @Test("when endpoints changed is still known after a failure")
    func putBackTriggers() async throws {
        await list()
        _ = await inbox.takeWork()
        let times = ["2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"]
        await inbox.take(slices: .upserted(slice(of: 10, pods: [], changedAt: times[0])))
        let failed = try #require(await inbox.takeWork())
        await inbox.take(slices: .upserted(slice(of: 11, pods: [], changedAt: times[1])))
        await inbox.putBack(failed)
        #expect(await inbox.takeWork()?.triggers == times)
    }

    @Test("no more times of change are kept than are worth measuring")
    func triggerLimit() async throws {
        await list()
        _ = await inbox.takeWork()
        for number in 0..<2 {
            for change in 0...ProxyInbox.triggerLimit {
                let pod = "10.244.1.\(2 + (change + number) % 2)"
                await inbox.take(
                    slices: .upserted(slice(of: 10, pods: [pod, "10.244.1.9"], changedAt: "now")))
            }
            let work = try #require(await inbox.takeWork())
            #expect(work.triggers.count == ProxyInbox.triggerLimit)
            await inbox.putBack(work)
        }
        #expect(await inbox.takeWork()?.triggers.count == ProxyInbox.triggerLimit)
    }

    @Test("a start or new surroundings that failed are not lost")
    func putBackComplete() async throws {
        await list()
        let start = try #require(await inbox.takeWork())
        await inbox.putBack(start)
        let again = try #require(await inbox.takeWork())
        #expect(again.isComplete)
        #expect(again.surroundings == start.surroundings)
        #expect(names(again) == names(start))

        await inbox.take(nodes: .upserted(node(2)))
        let moved = try #require(await inbox.takeWork())
        await inbox.putBack(moved)
        #expect(await inbox.takeWork()?.surroundings == moved.surroundings)
    }

    @Test("what cannot be read is said, and leaves what is known")
    func unreadable() async {
        await list()
        _ = await inbox.takeWork()
        let object = UnreadableObject(key: nil, problem: "no port")
        await inbox.take(services: .unreadable(object))
        #expect(await inbox.takeWork() == nil)
        #expect(said.problems.withLock { $0 } == [object.description])
    }

    @Test("the API is back when changes of all kinds arrive again")
    func connection() async {
        let error = APIClientError(.unreachable, request: "GET /api/v1/nodes", detail: "refused")
        await inbox.take(services: .disconnected(error))
        await inbox.take(nodes: .disconnected(error))
        await inbox.take(services: .connected)
        await inbox.take(nodes: .connected)
        #expect(said.connections.withLock { $0 } == [error, error, error, nil])
    }

    @Test(
        "with chosen addresses nothing is done before the host's are known, or cannot be read",
        arguments: [["10.50.0.1", "10.50.0.77"], nil])
    func hostAddresses(known: [String]?) async throws {
        let chosen = configuration(nodePortAddresses: .blocks([block("10.50.0.0/16")]))
        let inbox = ProxyInbox(
            plan: NodePlan(chosen), signal: signal, problems: { _ in }, connection: { _ in })
        await inbox.take(services: .listed([service(10, nodePort: 30_080)], revision: "1"))
        await inbox.take(slices: .listed([], revision: "1"))
        await inbox.take(nodes: .listed([node(1)], revision: "1"))
        #expect(await inbox.takeWork() == nil)
        await inbox.take(hostAddresses: known?.map(address))
        let work = try #require(await inbox.takeWork())
        #expect(work.nodePortAddresses == (known ?? ["10.50.0.1"]).map(address))
        #expect(await hasSignalled())
        await inbox.take(hostAddresses: nil)
        #expect(await inbox.takeWork() == nil)
    }
}
