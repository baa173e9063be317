import Testing

@testable import APIClient
@testable import KubeAPI
@testable import NodeProxy

@Suite("Services that another proxy serves")
struct OtherProxyTests {
    @Test("when a Service is no more another one's, the flows that were spared are looked through")
    func othersGone() async throws {
        let (_, signal) = AsyncStream.makeStream(of: Void.self)
        let inbox = ProxyInbox(
            plan: NodePlan(configuration()), signal: signal, problems: { _ in },
            connection: { _ in })
        var other = service(10)
        other.metadata.labels = ["service.kubernetes.io/service-proxy-name": "other"]
        await inbox.take(services: .listed([other], revision: "1"))
        await inbox.take(slices: .listed([], revision: "1"))
        await inbox.take(nodes: .listed([node(1)], revision: "1"))
        #expect(await inbox.othersClusterIPs == [address("10.96.0.10")])
        #expect(await inbox.takeWork()?.haveOthersGone == false)
        await inbox.take(services: .deleted(other))
        #expect(await inbox.othersClusterIPs.isEmpty)
        let work = try #require(await inbox.takeWork())
        #expect(work.haveOthersGone)
        // Nor is it forgotten while the kernel refuses.
        await inbox.putBack(work)
        #expect(await inbox.takeWork()?.haveOthersGone == true)
        await inbox.take(services: .upserted(service(10)))
        #expect(await inbox.takeWork()?.haveOthersGone == false)
    }
}
