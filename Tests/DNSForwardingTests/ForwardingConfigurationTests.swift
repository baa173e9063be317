import Addressing
import DNSForwarding
import DNSMessage
import Testing

@Suite("Whom to ask")
struct ForwardingConfigurationTests {
    private let configuration = ForwardingConfiguration(
        upstreams: [server("192.0.2.1")],
        stubDomains: [
            name("corp.example"): [server("192.0.2.2")],
            name("lab.corp.example"): [server("192.0.2.3")],
            name("secret.example"): [],
        ])

    @Test(
        "the longest stub domain that a name is in decides",
        arguments: [
            ("example", "192.0.2.1"), ("www.example", "192.0.2.1"),
            ("corp.example", "192.0.2.2"), ("a.b.corp.example", "192.0.2.2"),
            ("xcorp.example", "192.0.2.1"), ("lab.corp.example", "192.0.2.3"),
            ("A.LAB.Corp.Example", "192.0.2.3"), (".", "192.0.2.1"),
        ])
    func longestMatch(text: String, expected: String) {
        #expect(configuration.servers(for: name(text)) == [server(expected)])
    }

    @Test("a stub domain without servers asks nobody")
    func emptyStubDomain() {
        #expect(configuration.servers(for: name("a.secret.example")).isEmpty)
    }

    @Test("the root as a stub domain takes every name")
    func root() {
        var configuration = configuration
        configuration.stubDomains[.root] = [server("192.0.2.9")]
        #expect(configuration.servers(for: name("www.example")) == [server("192.0.2.9")])
        #expect(configuration.servers(for: name("corp.example")) == [server("192.0.2.2")])
    }

    @Test(
        "a server that is this server itself is left out",
        arguments: [
            ("192.168.50.1:53", "192.168.50.1", true),
            ("192.168.50.1:53", "192.168.50.1:5353", false),
            ("192.168.50.1:53", "192.168.50.2", false),
            ("0.0.0.0:53", "192.168.50.1", true), ("0.0.0.0:53", "127.0.0.53", true),
            ("0.0.0.0:53", "192.168.50.2", false), ("[::]:53", "192.168.50.1", true),
            ("[::]:53", "fd00::1", true), ("[::]:53", "fd00::2", false),
            ("127.0.0.1:53", "0.0.0.0", true), ("127.0.0.1:53", "127.0.0.53", false),
        ])
    func loops(listening: String, upstream: String, isLoop: Bool) throws {
        var configuration = ForwardingConfiguration(
            upstreams: [server(upstream), server("203.0.113.1")])
        let loops = configuration.excludeOwnAddresses(
            listening: [try #require(SocketEndpoint(listening))],
            hostAddresses: [
                try #require(IPAddress("192.168.50.1")), try #require(IPAddress("fd00::1")),
            ])
        #expect(loops.map(\.server) == (isLoop ? [server(upstream)] : []))
        #expect(configuration.upstreams.contains(server(upstream)) == !isLoop)
        #expect(configuration.upstreams.contains(server("203.0.113.1")))
    }

    @Test("a stub domain's server that is this server itself is left out and named")
    func stubDomainLoop() throws {
        var configuration = configuration
        let loops = configuration.excludeOwnAddresses(
            listening: [try #require(SocketEndpoint("192.0.2.3:53"))], hostAddresses: [])
        #expect(
            loops.map(\.description) == [
                "upstream server 192.0.2.3:53 for lab.corp.example. is this server itself and is "
                    + "left out"
            ])
        #expect(configuration.stubDomains[name("lab.corp.example")] == [])
    }
}
