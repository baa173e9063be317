import Addressing
import Testing

@Suite("addresses of either family")
struct IPAddressTests {
    @Test("the family follows from the text")
    func family() throws {
        #expect(try #require(IPAddress("10.96.0.1")).family == .v4)
        #expect(try #require(IPAddress("fd00::1")).family == .v6)
        #expect(try #require(IPAddress("::ffff:10.0.0.1")).family == .v6)
        #expect(IPAddress("web.default.svc") == nil)
        #expect(IPAddress("") == nil)
    }

    @Test("the family follows from the number of bytes")
    func bytes() throws {
        for text in ["10.96.0.1", "fd00::1"] {
            let address = try #require(IPAddress(text))
            #expect(IPAddress(bytes: address.bytes) == address)
        }
        #expect(IPAddress(bytes: []) == nil)
        #expect(IPAddress(bytes: [10, 96, 0, 1, 0]) == nil)
    }

    @Test(
        "loopback, also written as mapped IPv4",
        arguments: [
            ("127.0.0.1", true), ("127.255.255.255", true), ("128.0.0.0", false),
            ("126.255.255.255", false), ("::1", true), ("::2", false), ("::ffff:127.0.0.1", true),
        ])
    func loopback(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == expected)
    }

    @Test(
        "link-local, also written as mapped IPv4",
        arguments: [
            ("169.254.0.0", true), ("169.254.255.255", true), ("169.253.255.255", false),
            ("169.255.0.0", false), ("fe80::1", true), ("febf::1", true), ("fec0::1", false),
            ("fe7f::1", false), ("::ffff:169.254.169.254", true),
        ])
    func linkLocal(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLinkLocal == expected)
    }

    @Test(
        "multicast, also written as mapped IPv4",
        arguments: [
            ("224.0.0.0", true), ("239.255.255.255", true), ("223.255.255.255", false),
            ("240.0.0.0", false), ("ff02::1", true), ("fe00::1", false), ("::ffff:224.0.0.1", true),
        ])
    func multicast(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isMulticast == expected)
    }

    @Test(
        "unspecified, also written as mapped IPv4",
        arguments: [
            ("0.0.0.0", true), ("0.0.0.1", false), ("::", true), ("::1", false),
            ("::ffff:0.0.0.0", true), ("1::", false),
        ])
    func unspecified(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isUnspecified == expected)
    }

    @Test("IPv4 comes before IPv6")
    func order() throws {
        let addresses = try ["::1", "10.0.0.2", "fd00::1", "9.0.0.1"].map { text in
            try #require(IPAddress(text))
        }
        #expect(
            addresses.sorted().map(\.description) == ["9.0.0.1", "10.0.0.2", "::1", "fd00::1"])
    }
}
