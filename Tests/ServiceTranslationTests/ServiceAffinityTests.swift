import Addressing
import Forwarding
import KubeAPI
import ServiceModel
import Synchronization
import Testing

@testable import ServiceTranslation

/// The annotation `sluice.io/affinity-scope`.
@Suite struct ServiceAffinityTests {
    /// A Service with a TCP and a UDP port, at a ClusterIP, a nodePort and a load balancer's address.
    private func sharing(
        _ scope: String? = "service", _ change: (inout ServiceObject) -> Void = { _ in }
    ) -> ServiceObject {
        balancedService {
            $0.spec.sessionAffinity = "ClientIP"
            $0.spec.ports = [
                port("http", 80, nodePort: 30_080), port("dns", 53, "UDP", nodePort: 30_053),
            ]
            $0.metadata.annotations = scope.map { [SluiceAnnotation.affinityScope: $0] }
            change(&$0)
        }
    }

    private let pods = slice(
        [pod("10.244.1.2"), pod("10.244.1.3"), pod("10.244.2.4")],
        ports: [endpointPort("http", 8080), endpointPort("dns", 5353, "UDP")])

    /// Where a client's connections go when the kernel would choose another slot each time.
    private func ways(_ host: TracedHost, from client: String, to places: [String]) throws
        -> [String]
    {
        let choice = KernelChoice(0)
        var walk = try host.walk(for: places[0], choosing: choice)
        return try places.map { place in
            choice.slot.withLock { $0 += 1 }
            let transport: TransportProtocol = place.hasSuffix("53") ? .udp : .tcp
            let end = try host.fate(transport, from: client, to: place, &walk)
            return String(end.prefix { $0 != " " })
        }
    }

    private static let places = [
        "10.96.0.10:80", "10.96.0.10:53", "192.168.50.1:30080", "192.168.50.1:30053",
        "198.51.100.10:80", "198.51.100.10:53",
    ]

    @Test("service: a client has one endpoint at all ports and addresses")
    func together() throws {
        let host = try World(sharing(), slices: [pods]).host()
        let (http, dns) = ("10.244.1.3:8080", "10.244.1.3:5353")
        #expect(
            try ways(host, from: "10.244.1.9", to: Self.places)
                == [http, dns, http, dns, http, dns])
    }

    @Test(
        "port, which is the default: each of them remembers for itself", arguments: [nil, "port"])
    func apart(scope: String?) throws {
        let world = World(sharing(scope), slices: [pods])
        #expect(try world.translated().entries.allSatisfy { $0.affinityService == nil })
        #expect(
            try ways(world.host(), from: "10.244.1.9", to: ["10.96.0.10:80", "10.96.0.10:53"])
                == ["10.244.1.3:8080", "10.244.2.4:5353"])
    }

    @Test("a value that is neither is told and means port")
    func unreadable() {
        let reading = ServiceReading.read(sharing("pod"))
        #expect(reading.definition.affinityScope == .port)
        #expect(
            reading.problems.map { "\($0.field): \($0.message)" } == [
                "metadata.annotations[sluice.io/affinity-scope]: "
                    + "\"pod\" is not port or service; port is used"
            ])
    }

    @Test("without sessionAffinity it means nothing")
    func noAffinity() throws {
        let object = sharing { $0.spec.sessionAffinity = nil }
        let translated = try World(object, slices: [pods]).translated()
        #expect(translated.problems.isEmpty)
        #expect(translated.entries.allSatisfy { $0.affinityService == nil })
    }

    @Test("each family has the ClusterIP of its own stand for the Service")
    func families() throws {
        let object = sharing { $0.spec.clusterIPs = ["10.96.0.10", "fd00:96::10"] }
        let six = slice(
            [pod("fd00:244:1::2")], named: "web-6", type: "IPv6",
            ports: [endpointPort("http", 8080), endpointPort("dns", 5353, "UDP")])
        for entry in try World(object, slices: [pods, six]).translated().entries {
            #expect(
                entry.affinityService
                    == IPAddress(entry.family == .v4 ? "10.96.0.10" : "fd00:96::10"))
        }
    }

    @Test("endpoints of one address and several ports are told, and each port remembers alone")
    func ambiguous() throws {
        let second = slice(
            [pod("10.244.1.2")], named: "web-b",
            ports: [endpointPort("http", 8081), endpointPort("dns", 5353, "UDP")])
        let translated = try World(sharing(), slices: [pods, second]).translated()
        #expect(
            translated.problems.map(\.message) == [
                "several endpoints of one port have the address 10.244.1.2; each port remembers "
                    + "clients for itself"
            ])
        #expect(translated.entries.allSatisfy { $0.affinityService == nil })
    }

    @Test("a balancer keeps a client with one node on all ports")
    func balancer() throws {
        let balancer = try World(sharing()).balancer()
        let (http, dns) = ("192.168.50.2:30080", "192.168.50.2:30053")
        let places = ["198.51.100.10:80", "198.51.100.10:53"]
        #expect(
            try ways(balancer, from: "203.0.113.5", to: places + places) == [http, dns, http, dns])
    }
}
