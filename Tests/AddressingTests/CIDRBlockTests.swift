import Addressing
import Support
import Testing

@Suite("address blocks")
struct CIDRBlockTests {
    @Test(
        "bits after the prefix are dropped",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("10.244.17.3/16", "10.244.0.0/16"),
            ("203.0.113.7/32", "203.0.113.7/32"), ("1.2.3.4/0", "0.0.0.0/0"),
            ("fd00:10:96::abcd/112", "fd00:10:96::/112"), ("fd00::1/128", "fd00::1/128"),
            ("fd00::1/0", "::/0"), ("fdff::/9", "fd80::/9"),
        ])
    func hostBits(text: String, canonical: String) throws {
        #expect(try block(text).description == canonical)
    }

    @Test(
        "what is no block is refused",
        arguments: [
            "", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1",
            "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0/8", "010.0.0.0/8", "fd00::/129",
            "fd00::/1000000000000000000000", "fe80::1%eth0/64", "10.0.0.0/255.0.0.0",
        ])
    func refused(text: String) {
        #expect(CIDRBlock(text) == nil)
    }

    @Test("a prefix length of another family is refused")
    func prefixLengthOfFamily() throws {
        let v4 = try address("10.0.0.1")
        #expect(CIDRBlock(v4, prefixLength: 32) != nil)
        #expect(CIDRBlock(v4, prefixLength: 33) == nil)
        #expect(CIDRBlock(v4, prefixLength: -1) == nil)
        let v6 = try address("fd00::1")
        #expect(CIDRBlock(v6, prefixLength: 128) != nil)
        #expect(CIDRBlock(v6, prefixLength: 129) == nil)
    }

    @Test(
        "first, last and count",
        arguments: [
            ("10.96.0.0/12", "10.96.0.0", "10.111.255.255", 1 << 20),
            ("10.0.0.1/32", "10.0.0.1", "10.0.0.1", 1),
            ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 1 << 32),
            ("fd00::/112", "fd00::", "fd00::ffff", 65536),
            ("fd00::/65", "fd00::", "fd00::7fff:ffff:ffff:ffff", 1 << 63),
            ("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff", UInt64.max),
            ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", UInt64.max),
        ] as [(String, String, String, UInt64)])
    func extent(text: String, first: String, last: String, count: UInt64) throws {
        let block = try block(text)
        #expect(block.first.description == first)
        #expect(block.last.description == last)
        #expect(block.addressCount == count)
    }

    @Test("a block holds its ends and not the addresses beside them")
    func ends() throws {
        let block = try block("10.96.0.0/12")
        #expect(try block.contains(address("10.96.0.0")))
        #expect(try block.contains(address("10.111.255.255")))
        #expect(try !block.contains(address("10.95.255.255")))
        #expect(try !block.contains(address("10.112.0.0")))
    }

    @Test("a block holds no address of the other family")
    func otherFamily() throws {
        #expect(try !block("::/0").contains(address("10.0.0.1")))
        #expect(try !block("0.0.0.0/0").contains(address("::1")))
        #expect(try !block("0.0.0.0/0").contains(block("::/0")))
    }

    @Test("a block holds itself and narrower ones")
    func narrower() throws {
        let wide = try block("10.0.0.0/8")
        #expect(try wide.contains(block("10.0.0.0/8")))
        #expect(try wide.contains(block("10.244.0.0/16")))
        #expect(try !wide.contains(block("10.0.0.0/7")))
        #expect(try !wide.contains(block("11.0.0.0/16")))
    }

    @Test("places are counted from the first address")
    func places() throws {
        let block = try block("10.96.0.0/30")
        #expect(block.address(at: 0)?.description == "10.96.0.0")
        #expect(block.address(at: 3)?.description == "10.96.0.3")
        #expect(block.address(at: 4) == nil)
        #expect(block.address(at: .max) == nil)
        #expect(try block.offset(of: address("10.96.0.3")) == 3)
        #expect(try block.offset(of: address("10.96.0.4")) == nil)
        #expect(try block.offset(of: address("::1")) == nil)
    }

    @Test("places further than UInt64 counts have no offset")
    func farPlaces() throws {
        let block = try block("fd00::/63")
        #expect(try block.offset(of: address("fd00::ffff:ffff:ffff:ffff")) == .max)
        #expect(try block.offset(of: address("fd00:0:0:1::")) == nil)
        #expect(block.address(at: .max)?.description == "fd00::ffff:ffff:ffff:ffff")
    }

    @Test("offset undoes address", arguments: 0..<50 as Range<UInt64>)
    func offsetUndoesAddress(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let block = try Bool.random(using: &random) ? block("10.96.0.0/12") : block("fd00::/64")
        let offset = UInt64.random(in: 0..<block.addressCount, using: &random)
        let address = try #require(block.address(at: offset))
        #expect(block.contains(address))
        #expect(block.offset(of: address) == offset)
    }

    @Test("blocks are ordered by network, the wider first")
    func order() throws {
        let blocks = try ["::/0", "10.0.0.0/16", "10.0.0.0/8", "9.0.0.0/8"].map(block)
        #expect(
            blocks.sorted().map(\.description)
                == ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "::/0"])
    }
}
