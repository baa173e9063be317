import Addressing
import Forwarding
import ServiceModel
import Testing

@testable import NodeProxy

@Suite("Where Services take UDP outside the service ranges")
struct DatagramFrontendsTests {
    private func entry(
        _ place: String, _ transport: TransportProtocol = .udp,
        _ hiding: ForwardingEntry.SourceHiding = .everyClient
    ) throws -> ForwardingEntry {
        let place: SocketEndpoint = try #require(SocketEndpoint(place))
        return ForwardingEntry(
            Frontend(place.address, transport, place.port), label: "default/dns", backends: [],
            sourceHiding: hiding)
    }

    @Test("nodePorts and addresses from outside count, ClusterIPs and TCP do not")
    func counted() throws {
        var frontends = DatagramFrontends()
        _ = frontends.takeChange()
        frontends.replace([], with: [try entry("10.96.0.10:53", .udp, .byServiceRange)])
        frontends.replace([], with: [try entry("192.168.50.1:30080", .tcp)])
        #expect(frontends.places.isEmpty)
        let hasClusterIPCounted = frontends.takeChange()
        #expect(!hasClusterIPCounted)
        let node = try entry("192.168.50.1:30053")
        let outside = try entry("[fd00:198::10]:53", .udp, .hostOnly)
        frontends.replace([], with: [node, outside])
        #expect(
            Set(frontends.places.map(\.description)) == ["192.168.50.1:30053", "[fd00:198::10]:53"])
        let haveCome = frontends.takeChange()
        #expect(haveCome)
        let haveComeAgain = frontends.takeChange()
        #expect(!haveComeAgain)
        frontends.replace([node, outside], with: [outside])
        #expect(frontends.places.map(\.description) == ["[fd00:198::10]:53"])
        let hasGone = frontends.takeChange()
        #expect(hasGone)
    }

    @Test("other backends are no change, and everything can be forgotten")
    func unchanged() throws {
        var frontends = DatagramFrontends()
        let before = try entry("192.168.50.1:30053")
        var after = before
        after.backends = [try #require(SocketEndpoint("10.244.1.2:5353"))]
        frontends.replace([], with: [before])
        _ = frontends.takeChange()
        frontends.replace([before], with: [after])
        let haveBackendsCounted = frontends.takeChange()
        #expect(!haveBackendsCounted)
        frontends.removeAll()
        #expect(frontends.places.isEmpty)
        let areForgotten = frontends.takeChange()
        #expect(areForgotten)
    }
}
