import KubeAPI
import ServiceTranslation
import Testing

/// Behaviours 149–152: endpoints near the client.
///
/// node1 is in zone a, node2 in zone b.
@Suite struct TopologyTests {
    private func hinted(_ address: String, zone: String? = nil, node: String? = nil)
        -> SliceEndpoint
    {
        var endpoint = pod(address)
        endpoint.hints = EndpointHints(forZones: zone.map { [$0] }, forNodes: node.map { [$0] })
        return endpoint
    }

    private func fates(_ pods: [SliceEndpoint], on node: Int) throws -> [String] {
        let object = service { $0.spec.trafficDistribution = "PreferSameZone" }
        return try World(object, slices: [slice(pods)]).host(node)
            .fates(from: "10.244.\(node).9", to: "10.96.0.10:80")
    }

    @Test("149: traffic stays in the client's zone while that has endpoints")
    func sameZone() throws {
        let pods = [hinted("10.244.1.2", zone: "a"), hinted("10.244.2.2", zone: "b")]
        #expect(try fates(pods, on: 1) == ["10.244.1.2:8080"])
        #expect(try fates(pods, on: 2) == ["10.244.2.2:8080"])
    }

    @Test("150: traffic stays on the client's node while that has an endpoint")
    func sameNode() throws {
        let pods = [
            hinted("10.244.1.2", zone: "a", node: "node1"),
            hinted("10.244.3.2", zone: "a", node: "node3"),
        ]
        #expect(try fates(pods, on: 1) == ["10.244.1.2:8080"])
        #expect(try fates(pods, on: 2) == ["10.244.1.2:8080", "10.244.3.2:8080"])
    }

    @Test("151: a zone without endpoints uses all")
    func emptyZone() throws {
        let pods = [hinted("10.244.1.2", zone: "a"), hinted("10.244.1.3", zone: "a")]
        #expect(try fates(pods, on: 2) == ["10.244.1.2:8080", "10.244.1.3:8080"])
    }

    @Test("152: hints count for nothing while one endpoint lacks them")
    func oneLacksHints() throws {
        let pods = [hinted("10.244.1.2", zone: "a"), pod("10.244.2.2")]
        #expect(try fates(pods, on: 1) == ["10.244.1.2:8080", "10.244.2.2:8080"])
    }
}
