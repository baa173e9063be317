import APIClient
import Addressing
import ClusterDNS
import DNSForwarding
import DNSMessage
import KubeAPI
import Logging
import ServiceLifecycle
import Testing

@testable import DNSServer

@Suite("The whole server", .timeLimit(.minutes(3)))
struct ServerTests {
    private let web = "web20.default.svc.cluster.local"

    /// A server of the API at an address, at a loopback address of its own, until `body` ends.
    private func withServer(
        of api: SocketEndpoint, _ body: (DNSServer, SocketEndpoint) async throws -> Void
    ) async throws {
        let place = try freeEndpoint()
        var configuration = try #require(
            DNSServerConfiguration(
                nodeName: "node1", zone: ZoneSettings(origin: try name("cluster.local")),
                listen: .fixed([place]), recursionSources: .cluster(podRanges: [])))
        configuration.retryInterval = .milliseconds(100)
        configuration.threadCount = 2
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = DNSServer(
            configuration, client: APIClient(try APITarget(url: "http://\(api)")),
            forwarder: Forwarder(ForwardingConfiguration(upstreams: []), logger: logger),
            logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(server, place)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func wait(_ server: DNSServer, until isTrue: (DNSHealth.State) -> Bool) async throws {
        while !isTrue(server.health.state) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Asks until the answer is as it should be.
    private func wait(
        _ place: SocketEndpoint, _ owner: String, until isRight: (Message) -> Bool
    ) async throws {
        while true {
            if isRight(try await ask(place, try query(owner))) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("without an API names of the zone are not known, and health says since when")
    func noAPI() async throws {
        try await withServer(of: try freeEndpoint()) { server, place in
            try await wait(server) { $0.isListening && $0.disconnectedSince != nil }
            #expect(!server.health.state.isReady)
            #expect(server.health.state.disconnected != nil)
            let reply = try await ask(place, try query(web))
            #expect(reply.header.responseCode == .serverFailure)
            let outside = try await ask(place, try query("example.com"))
            #expect(outside.header.responseCode == .serverFailure)
        }
    }

    @Test("what the API has is answered, what changes too, and all of it while it is away")
    func following() async throws {
        let api = TestAPI()
        let address = try freeEndpoint()
        try api.list([service(20)])
        try api.list([EndpointSliceObject]())
        try api.list([node(1)])
        try await api.start(at: address)
        try await withServer(of: address) { server, place in
            try await wait(server) { $0.isReady }
            #expect(server.health.state.bound == [place])
            #expect(try await ask(place, try query(web)).answers.count == 1)
            let missing = try await ask(place, try query("web21.default.svc.cluster.local"))
            #expect(missing.header.responseCode == .nameError)

            while try !api.send("ADDED", service(21)) {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await wait(place, "web21.default.svc.cluster.local") { $0.answers.count == 1 }

            await api.stop()
            try await wait(server) { $0.disconnected != nil }
            #expect(server.health.state.isReady)
            for owner in [web, "web21.default.svc.cluster.local"] {
                #expect(try await ask(place, try query(owner)).answers.count == 1)
            }
        }
        await api.stop()
    }

    @Test("every metric has a help text")
    func help() {
        #expect(DNSServer.metricsHelp["sluice_dns_queries_total"] != nil)
        #expect(DNSServer.metricsHelp["sluice_dns_upstream_failures_total"] != nil)
        #expect(DNSServer.metricsHelp.values.allSatisfy { $0.hasSuffix(".") })
    }
}
