import Addressing
import Testing

@testable import ServiceModel

@Suite("identities")
struct IdentityTests {
    @Test("a Service is named by namespace and name")
    func serviceIdentity() {
        let web = ServiceIdentity(namespace: "default", name: "web")
        #expect(web.description == "default/web")
        #expect(ServiceIdentity("default/web") == web)
        for text in ["web", "/web", "default/", "a/b/c", ""] {
            #expect(ServiceIdentity(text) == nil)
        }
        #expect(ServiceIdentity(namespace: "a", name: "z") < web)
    }

    @Test("a node is reached at its first address of a family")
    func nodeAddress() throws {
        let addresses = try ["192.168.50.1", "fd00:50::1", "203.0.113.1"].map {
            try #require(IPAddress($0))
        }
        let node = NodeIdentity(name: "node1", addresses: addresses, zone: "a")
        #expect(node.address(.v4) == addresses[0])
        #expect(node.address(.v6) == addresses[1])
        #expect(node.locality == Locality(nodeName: "node1", zone: "a"))
        #expect(NodeIdentity(name: "bare", addresses: []).address(.v4) == nil)
    }

    @Test("headless Services, aliases and those of another proxy are not proxied")
    func proxied() {
        var definition = service
        #expect(definition.isProxied)
        definition.isHeadless = true
        #expect(!definition.isProxied)
        definition = service
        definition.skipsProxy = true
        #expect(!definition.isProxied)
        definition = service
        definition.reach = .alias
        #expect(!definition.isProxied)
    }

    @Test("a million endpoints fit: one takes no more than 80 bytes")
    func endpointSize() {
        #expect(MemoryLayout<Endpoint>.stride <= 80)
    }
}
