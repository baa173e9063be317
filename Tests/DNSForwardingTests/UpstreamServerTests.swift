import NIOCore
import Testing

@testable import DNSForwarding

@Suite("Upstream servers")
struct UpstreamServerTests {
    @Test(
        "an address alone means port 53",
        arguments: [
            ("192.0.2.1", "192.0.2.1:53"), ("192.0.2.1:5353", "192.0.2.1:5353"),
            ("fd00::1", "[fd00::1]:53"), ("[fd00::1]:5353", "[fd00::1]:5353"),
            ("fe80::1%eth0", "[fe80::1%eth0]:53"), ("[fe80::1%eth0]:54", "[fe80::1%eth0]:54"),
        ])
    func reads(text: String, description: String) {
        #expect(UpstreamServer(text)?.description == description)
    }

    @Test(
        "what names no server is none",
        arguments: [
            "", "dns.example", "192.0.2.1:0", "192.0.2.1:", "[fd00::1]", "fd00::1%eth0",
            "192.0.2.1%eth0", "fe80::1%", "fe80::1%a/b", "fe80::1%sixteen-letters-", "[fe80::1%",
            "[fe80::1%eth0]53", "%eth0", "[", "[]:53",
        ])
    func refuses(text: String) {
        #expect(UpstreamServer(text) == nil)
    }

    @Test("a link-local server is reached through its interface, while that exists")
    func interface() throws {
        let here = try #require(server("fe80::1%lo").socketAddress())
        #expect(here.ipAddress == "fe80::1")
        #expect(here.port == 53)
        // The same but for the interface.
        #expect(try here != SocketAddress(ipAddress: "fe80::1", port: 53))
        #expect(server("fe80::1%no-such-card").socketAddress() == nil)
    }
}
