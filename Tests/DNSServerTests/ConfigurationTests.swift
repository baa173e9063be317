import Addressing
import ClusterDNS
import Testing

@testable import DNSServer

@Suite("Settings of a server")
struct ConfigurationTests {
    private func configuration(
        _ listen: DNSServerConfiguration.ListenPlaces,
        _ sources: DNSServerConfiguration.RecursionSources = .blocks([])
    ) throws -> DNSServerConfiguration {
        try #require(
            DNSServerConfiguration(
                nodeName: "node1", zone: ZoneSettings(origin: try name("cluster.local")),
                listen: listen, recursionSources: sources))
    }

    @Test("every address of the host stands for the unspecified one, but for those of a link")
    func wildcard() throws {
        let host = try ["127.0.0.1", "192.168.50.1", "::1", "fe80::1", "fd00:50::1"].map {
            try address($0)
        }
        let v4 = try configuration(.fixed([try endpoint("0.0.0.0:53")]))
        #expect(
            v4.wantedEndpoints(node: [], host: host)
                == [try endpoint("127.0.0.1:53"), try endpoint("192.168.50.1:53")])
        let v6 = try configuration(.fixed([try endpoint("[::]:53"), try endpoint("10.0.0.1:54")]))
        #expect(
            v6.wantedEndpoints(node: [], host: host)
                == [
                    try endpoint("[::1]:53"), try endpoint("[fd00:50::1]:53"),
                    try endpoint("10.0.0.1:54"),
                ])
    }

    @Test("blocks that are given stand for themselves alone")
    func blocks() throws {
        let given = try configuration(.fixed([]), .blocks([try block("203.0.113.0/24")]))
        let list = given.recursionList(
            nodes: [try block("192.168.50.1/32")], host: [try address("192.168.50.9")])
        #expect(list == AddressList([try block("203.0.113.0/24")]))
    }

    @Test("a zone without room for a name is none")
    func longZone() throws {
        let label = String(repeating: "a", count: 62)
        let origin = try name([label, label, label, label].joined(separator: "."))
        #expect(
            DNSServerConfiguration(
                nodeName: "node1", zone: ZoneSettings(origin: origin), listen: .fixed([]),
                recursionSources: .blocks([])) == nil)
    }

    @Test("this host has its loopback address")
    func host() throws {
        #expect(HostAddresses.current().contains(try address("127.0.0.1")))
    }

    @Test("no datagram limit is less than what every client takes")
    func payload() {
        #expect(ServerLimits(udpPayloadBytes: 1).udpPayloadBytes == 512)
    }
}
