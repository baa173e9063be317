import Addressing
import Support
import Testing

@Suite("merged address blocks")
struct MergedBlocksTests {
    @Test(
        "the fewest blocks remain",
        arguments: [
            ([], []),
            (["10.0.0.0/8"], ["10.0.0.0/8"]),
            (["10.0.0.0/8", "10.0.0.0/8"], ["10.0.0.0/8"]),
            (["10.244.0.0/16", "10.0.0.0/8"], ["10.0.0.0/8"]),
            (["10.128.0.0/9", "10.0.0.0/9"], ["10.0.0.0/8"]),
            (["10.128.0.0/9", "11.0.0.0/9"], ["10.128.0.0/9", "11.0.0.0/9"]),
            (["10.0.0.2/32", "10.0.0.3/32", "10.0.0.0/31"], ["10.0.0.0/30"]),
            (["fd00::/64", "10.0.0.0/8", "fd00:0:0:1::/64"], ["10.0.0.0/8", "fd00::/63"]),
            (["0.0.0.0/0", "10.0.0.0/8", "::/0"], ["0.0.0.0/0", "::/0"]),
            (["128.0.0.0/1", "0.0.0.0/1"], ["0.0.0.0/0"]),
        ] as [([String], [String])])
    func fewest(texts: [String], expected: [String]) throws {
        #expect(try CIDRBlock.merged(texts.map(block)).map(\.description) == expected)
    }

    @Test("the same addresses stay in, each in one block", arguments: 0..<100 as Range<UInt64>)
    func sameAddresses(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        // Blocks of one /24, so that all its addresses can be asked.
        let space = try block("203.0.113.0/24")
        let blocks = try (0..<Int.random(in: 0...12, using: &random)).map { _ in
            let offset = UInt64.random(in: 0..<256, using: &random)
            let address = try #require(space.address(at: offset))
            let prefixLength = Int.random(in: 25...32, using: &random)
            return try #require(CIDRBlock(address, prefixLength: prefixLength))
        }
        let merged = CIDRBlock.merged(blocks)
        for offset in 0..<space.addressCount {
            let address = try #require(space.address(at: offset))
            let holders = merged.count { $0.contains(address) }
            #expect(holders == (blocks.contains { $0.contains(address) } ? 1 : 0))
        }
        #expect(merged == merged.sorted())
        #expect(CIDRBlock.merged(merged) == merged)
        #expect(CIDRBlock.merged(blocks.reversed()) == merged)
    }
}
