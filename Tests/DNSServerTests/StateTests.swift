import Addressing
import ClusterDNS
import DNSMessage
import KubeAPI
import Logging
import ServiceModel
import Synchronization
import Testing

@testable import APIClient
@testable import DNSServer

@Suite("From the API to the names")
struct StateTests {
    /// What the inbox has said of problems and of the API.
    private final class Said: Sendable {
        let problems = Mutex<[String]>([])
        let connections = Mutex<[APIClientError?]>([])
    }

    private let said = Said()
    private let inbox: NameInbox
    private let published: PublishedNames
    private let health = DNSHealth()
    private let signal: AsyncStream<Void>.Continuation
    private let listenSignals: AsyncStream<Void>
    private let listenSignal: AsyncStream<Void>.Continuation

    init() throws {
        (_, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (listenSignals, listenSignal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        inbox = NameInbox(
            needed: [.services, .endpointslices], signal: signal,
            problems: { [said] problem in said.problems.withLock { $0.append(problem) } },
            connection: { [said] error in said.connections.withLock { $0.append(error) } })
        let settings = ZoneSettings(origin: try name("cluster.local"))
        published = PublishedNames(
            ServedNames(
                zone: try #require(ClusterZone(settings: settings)),
                recursionSources: AddressList([])))
    }

    private func makeLoop(
        listen: DNSServerConfiguration.ListenPlaces
    ) throws -> PublishLoop {
        let configuration = try #require(
            DNSServerConfiguration(
                nodeName: "node1", zone: published.current.zone.settings, listen: listen,
                recursionSources: .cluster(podRanges: [])))
        return PublishLoop(
            configuration: configuration, inbox: inbox, published: published, health: health,
            metrics: ServerMetrics(), listenSignal: listenSignal, logger: Logger(label: "test"))
    }

    private func addresses(_ owner: String) throws -> [RecordData] {
        let question = Question(name: try name(owner), type: .a)
        guard case .answer(let answer) = published.current.zone.answer(question) else { return [] }
        return answer.answers.map(\.data)
    }

    private func listNames() async {
        await inbox.take(services: .listed([service(10), headless("db")], revision: "1"))
        await inbox.take(slices: .listed([slice(of: "db", pods: ["10.244.1.2"])], revision: "1"))
    }

    @Test("names are complete once Services and their endpoints are listed")
    func complete() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        await inbox.take(services: .listed([service(10)], revision: "1"))
        await loop.turn()
        #expect(!published.current.isComplete)
        #expect(!health.state.hasSynced)
        await listNames()
        await loop.turn()
        #expect(published.current.isComplete)
        #expect(health.state.hasSynced)
        #expect(
            try addresses("web10.default.svc.cluster.local")
                == [.a(try #require(IPv4Address("10.96.0.10")))])
        #expect(
            try addresses("db.default.svc.cluster.local")
                == [.a(try #require(IPv4Address("10.244.1.2")))])
        #expect(await inbox.takeServiceCount() == 2)
        #expect(await inbox.takeServiceCount() == nil)
    }

    @Test("an empty cluster is complete too")
    func empty() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        await inbox.take(services: .listed([], revision: "1"))
        await inbox.take(slices: .listed([], revision: "1"))
        await loop.turn()
        #expect(published.current.isComplete)
    }

    @Test("a change publishes the Services that it touches, and nothing if it touches none")
    func changes() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        await listNames()
        await loop.turn()
        await inbox.take(slices: .upserted(slice(of: "db", pods: ["10.244.1.3"])))
        await inbox.take(services: .deleted(service(10)))
        let work = try #require(await inbox.takeWork())
        #expect(Set(work.services.map(\.service.name)) == ["db", "web10"])
        #expect(work.services.first { $0.service.name == "web10" }?.records == nil)
        await inbox.take(slices: .upserted(slice(of: "db", pods: ["10.244.1.3"])))
        #expect(await inbox.takeWork() == nil)
    }

    @Test("the last names stay while the API is away, and it is known since when")
    func away() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        await listNames()
        await loop.turn()
        let error = APIClientError(.unreachable, request: "GET /", detail: "refused")
        await inbox.take(services: .disconnected(error))
        await loop.turn()
        #expect(said.connections.withLock { $0.last??.description } == error.description)
        #expect(try addresses("web10.default.svc.cluster.local").count == 1)
        await inbox.take(slices: .connected)
        #expect(said.connections.withLock { $0.last != .some(nil) })
        await inbox.take(services: .connected)
        #expect(said.connections.withLock { $0.last == .some(nil) })
    }

    @Test("an object that cannot be read keeps its name through the next list")
    func unreadable() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        await listNames()
        await loop.turn()
        let key = ObjectKey(kind: .services, namespace: "default", name: "web10")
        await inbox.take(services: .unreadable(UnreadableObject(key: key, problem: "odd")))
        await inbox.take(services: .listed([headless("db")], revision: "2"))
        await loop.turn()
        #expect(try addresses("web10.default.svc.cluster.local").count == 1)
        #expect(said.problems.withLock(\.count) == 1)
        await inbox.take(services: .listed([headless("db")], revision: "3"))
        await loop.turn()
        #expect(try addresses("web10.default.svc.cluster.local").isEmpty)
    }

    @Test("a node that was read again since goes with the next list that lacks it")
    func readAgain() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        let key = node(1).key
        await inbox.take(nodes: .unreadable(UnreadableObject(key: key, problem: "odd")))
        await inbox.take(nodes: .upserted(node(1)))
        await inbox.take(nodes: .listed([], revision: "2"))
        await loop.turn()
        #expect(!published.current.recursionSources.contains(try address("192.168.50.1")))
    }

    @Test("the server listens at its node's inside addresses, and follows them")
    func listens() async throws {
        var loop = try makeLoop(listen: .node(try #require(Port(53))))
        await inbox.take(nodes: .listed([node(2)], revision: "1"))
        await loop.turn()
        #expect(health.state.wanted.isEmpty)
        #expect(!health.state.isListening)
        await inbox.take(nodes: .upserted(node(1)))
        await loop.turn()
        #expect(
            health.state.wanted
                == [try endpoint("192.168.50.1:53"), try endpoint("[fd00:50::1]:53")])
        await inbox.take(nodes: .deleted(node(1)))
        await loop.turn()
        #expect(health.state.wanted.count == 2)
        #expect(health.state.unbound.count == 2)
        listenSignal.finish()
        #expect(await listenSignals.contains { true })
    }

    @Test("nodes and their pods may have names outside resolved before names are complete")
    func recursion() async throws {
        var loop = try makeLoop(listen: .fixed([try endpoint("127.0.0.1:53")]))
        await inbox.take(nodes: .listed([node(1)], revision: "1"))
        await loop.turn()
        let sources = published.current.recursionSources
        for allowed in ["192.168.50.1", "198.51.100.1", "10.244.1.77", "127.0.0.1", "::1"] {
            #expect(sources.contains(try address(allowed)))
        }
        for refused in ["192.168.50.2", "10.244.2.1", "203.0.113.1"] {
            #expect(!sources.contains(try address(refused)))
        }
        #expect(!published.current.isComplete)
    }

    @Test("ready is who knows all names and listens wherever it should")
    func ready() throws {
        let place = try endpoint("127.0.0.1:53")
        health.update { $0.hasSynced = true }
        #expect(!health.state.isReady)
        health.update { $0.wanted = [place] }
        #expect(!health.state.isReady)
        #expect(health.state.unbound == [place])
        health.update { $0.bound = [place] }
        #expect(health.state.isReady)
        let start = ContinuousClock.now
        #expect(health.noteConnection("gone", at: start))
        #expect(!health.noteConnection("still gone", at: start + .seconds(1)))
        #expect(health.state.disconnectedSince == start)
        #expect(health.state.isReady)
        #expect(health.noteConnection(nil, at: start + .seconds(2)))
        #expect(health.state.disconnectedSince == nil)
    }
}
