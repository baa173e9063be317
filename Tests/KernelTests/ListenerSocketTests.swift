import Addressing
import Support
import Testing

@testable import Netfilter

@Suite("Local listeners")
struct ListenerSocketTests {
    @Test("TCP and UDP listeners of both families are told, and what is connected is not")
    func told() throws {
        let namespace = try NetworkNamespace()
        let places = try [
            (TransportProtocol.tcp, IPFamily.v4, "0.0.0.0:30080"), (.tcp, .v4, "127.0.0.1:30081"),
            (.udp, .v4, "127.0.0.1:30082"), (.tcp, .v6, "[::1]:30083"), (.udp, .v6, "[::]:30084"),
        ].map { ($0.0, $0.1, try endpoint($0.2)) }
        var servers: [Box] = []
        for (transport, family, place) in places {
            servers.append(Box(try NetworkTestSocket(transport, family, in: namespace.name)))
            try servers[servers.count - 1].socket.serve(place, transport)
        }
        let client = try NetworkTestSocket(.udp, .v4, in: namespace.name)
        let isClient = try client.connect(to: endpoint("127.0.0.1:30082"))
        let connected = try NetworkTestSocket(.tcp, .v4, in: namespace.name)
        let isConnected = try connected.connect(to: endpoint("127.0.0.1:30081"))
        try #require(isClient && isConnected)

        var socket = try ListenerSocket(inNamespace: namespace.name)
        let found = try socket.listeners()
        #expect(
            Set(found.map { "\($0.transport) \($0.address) \($0.port)" })
                == Set(places.map { "\($0.0) \($0.2.address) \($0.2.port)" }))
        #expect(found.allSatisfy { $0.inode > 0 })
        #expect(Set(found.map(\.inode)).count == found.count)
        withExtendedLifetime(servers) {}
    }

    @Test(
        "a listener takes what comes to its address, or to any of its families",
        arguments: [
            ("0.0.0.0", true, "192.168.50.1", true), ("0.0.0.0", true, "fd00:50::1", false),
            ("192.168.50.1", true, "192.168.50.1", true),
            ("127.0.0.1", true, "192.168.50.1", false), ("::", false, "192.168.50.1", true),
            ("::", true, "192.168.50.1", false), ("::", true, "fd00:50::1", true),
            ("::1", false, "fd00:50::1", false),
        ])
    func takes(place: String, isOneFamilyOnly: Bool, destination: String, isTaken: Bool) throws {
        let listener = LocalListener(
            transport: .tcp, address: try address(place), port: try #require(Port(30_080)),
            isOneFamilyOnly: isOneFamilyOnly, inode: 1)
        #expect(listener.takes(try address(destination)) == isTaken)
    }

    /// Keeps a socket that cannot be copied.
    private final class Box {
        let socket: NetworkTestSocket
        init(_ socket: consuming NetworkTestSocket) { self.socket = socket }
    }
}
