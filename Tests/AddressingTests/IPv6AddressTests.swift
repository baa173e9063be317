import Addressing
import Support
import Testing

@Suite("IPv6 addresses")
struct IPv6AddressTests {
    @Test(
        "the forms of RFC 4291 give the canonical text of RFC 5952",
        arguments: [
            ("2001:db8:0:0:8:800:200c:417a", "2001:db8::8:800:200c:417a"),
            ("FF01:0:0:0:0:0:0:101", "ff01::101"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("0:0:0:0:0:0:0:0", "::"),
            ("::", "::"),
            ("1::", "1::"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("2001:0db8::0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:DB8::AbCd", "2001:db8::abcd"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("::ffff:c000:201", "::ffff:192.0.2.1"),
            ("0:0:0:0:0:ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("::192.0.2.1", "::c000:201"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ])
    func canonicalText(text: String, canonical: String) throws {
        let address = try #require(IPv6Address(text))
        #expect(address.description == canonical)
        #expect(IPv6Address(canonical) == address)
    }

    @Test(
        "every other spelling is refused",
        arguments: [
            "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8", "1::2::3", "1:::2", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
            "1:2:3:4:5:6:7:8:", ":1:2:3:4:5:6:7:8", "::12345", "::g", "::+1", "::-1", ":: 1",
            " ::1", "::1 ", "[::1]", "::1/64", "fe80::1%eth0", "fe80::1%", "::1.2.3", "::1.2.3.4.5",
            "::1.2.3.04", "::256.0.0.1", "1.2.3.4::", "1.2.3.4::1", "::1.2.3.4:1",
            "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "1:2:3:4:5:6:7::1.2.3.4", "10.96.0.1",
            "::１",
        ])
    func otherSpellings(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test("the first group is in the highest bits")
    func firstGroupIsHighest() throws {
        let address = try #require(IPv6Address("fd00:1:2:3:4:5:6:7"))
        #expect(address.high == 0xfd00_0001_0002_0003)
        #expect(address.low == 0x0004_0005_0006_0007)
        #expect(address.bytes == [0xfd, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7])
    }

    @Test("exactly sixteen bytes make an address")
    func sixteenBytes() {
        let bytes = [UInt8](repeating: 0, count: 15) + [1]
        #expect(IPv6Address(bytes: bytes) == IPv6Address(high: 0, low: 1))
        #expect(IPv6Address(bytes: bytes.dropLast()) == nil)
        #expect(IPv6Address(bytes: bytes + [0]) == nil)
    }

    @Test("only ::ffff:0:0/96 holds mapped IPv4 addresses")
    func mapped() throws {
        #expect(
            try #require(IPv6Address("::ffff:10.0.0.1")).mappedIPv4
                == IPv4Address(rawValue: 0x0a00_0001))
        #expect(try #require(IPv6Address("::10.0.0.1")).mappedIPv4 == nil)
        #expect(try #require(IPv6Address("1::ffff:10.0.0.1")).mappedIPv4 == nil)
    }

    @Test("text and bytes give back the address", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix(seed: seed)
        // Half of the groups are zero, so that runs of every length and place occur.
        let bytes = (0..<8).flatMap { _ -> [UInt8] in
            let group = random.next()
            return group & 1 << 40 == 0
                ? [0, 0]
                : [UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group)]
        }
        let address = IPv6Address(bytes: bytes)
        #expect(address != nil)
        #expect(address?.bytes == bytes)
        #expect(address.flatMap { IPv6Address($0.description) } == address)
    }

    @Test("addresses are ordered by number, not by text")
    func order() throws {
        #expect(try #require(IPv6Address("9::")) < #require(IPv6Address("10::")))
        #expect(try #require(IPv6Address("::9")) < #require(IPv6Address("1::")))
    }
}
