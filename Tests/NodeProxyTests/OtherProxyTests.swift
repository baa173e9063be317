import Addressing
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

    @Test("flows to another proxy's nodePorts and outside addresses are not ours to delete")
    func placesOfOthers() async throws {
        let (_, signal) = AsyncStream.makeStream(of: Void.self)
        let inbox = ProxyInbox(
            plan: NodePlan(configuration()), signal: signal, problems: { _ in },
            connection: { _ in })
        var other = service(10, nodePort: 30_053)
        other.metadata.labels = ["service.kubernetes.io/service-proxy-name": "other"]
        other.spec.externalIPs = ["198.51.100.10"]
        await inbox.take(services: .listed([other, service(11, nodePort: 30_054)], revision: "1"))
        let places = [
            "192.168.50.1:30053", "198.51.100.10:53", "192.168.50.1:30054", "198.51.100.11:53",
        ].compactMap { SocketEndpoint($0) }
        let left = await inbox.notServedByOthers(Set(places))
        #expect(left.map(\.description).sorted() == ["192.168.50.1:30054", "198.51.100.11:53"])
    }
}
