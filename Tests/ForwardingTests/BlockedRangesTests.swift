import Addressing
import Forwarding
import Ruleset
import Support
import Testing

@Suite("Ranges of a blocklist")
struct BlockedRangesTests {
    private func block(_ text: String) throws -> CIDRBlock { try #require(CIDRBlock(text)) }

    private func text(_ elements: [TimedElement]) -> [String] {
        let set = SetDeclaration("s", key: [.sourceAddress], isInterval: true, filling: .timed)
        return elements.map { timed in
            let lines = RulesetText.text(
                of: Table(TableID(.ip, "t"), sets: [ElementSet(set, elements: [timed.element])]))
            let line = lines.split(separator: "\n").first { $0.hasSuffix(" }") } ?? ""
            let name = line.drop { $0 == "\t" }.dropLast(2)
            return name + (timed.timeoutSeconds.map { " \($0)s" } ?? "")
        }
    }

    @Test("a block within another is cut out if its time is longer, and left out if not")
    func nested() throws {
        let elements = BlockedRanges.elements(
            of: [
                (try block("10.0.0.0/8"), 60), (try block("10.1.0.0/16"), nil),
                (try block("10.1.2.3/32"), 5), (try block("10.2.0.0/16"), 60),
                (try block("192.0.2.1/32"), 7), (try block("fd00::/8"), 1),
            ], .v4)
        #expect(
            text(elements) == [
                "10.0.0.0/16 60s", "10.1.0.0/16", "10.2.0.0-10.255.255.255 60s", "192.0.2.1 7s",
            ])
    }

    @Test("neighbours with the same time are one range, up to the family's last address")
    func neighbours() throws {
        let elements = BlockedRanges.elements(
            of: [
                (try block("255.255.255.254/32"), 9), (try block("255.255.255.255/32"), 9),
                (try block("0.0.0.0/0"), 3),
            ], .v4)
        #expect(text(elements) == ["0.0.0.0-255.255.255.253 3s", "255.255.255.254/31 9s"])
        let all = BlockedRanges.elements(of: [(try block("::/0"), nil)], .v6)
        #expect(all.count == 1)
    }

    /// Within 16 addresses, where each can be looked at.
    @Test("each address has the longest time said of it", arguments: 0..<100 as Range<UInt64>)
    func longest(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let base = try block("203.0.113.240/28")
        let blocked = try (0..<Int.random(in: 0..<12, using: &random)).map { _ in
            let address = try #require(base.address(at: UInt64.random(in: 0..<16, using: &random)))
            let length = Int.random(in: 28...32, using: &random)
            let seconds = [nil, 1, 2, 3].randomElement(using: &random) ?? nil
            return (
                block: try #require(CIDRBlock(address, prefixLength: length)), seconds: seconds
            )
        }
        let elements = BlockedRanges.elements(of: blocked, .v4)
        for offset in 0..<16 as Range<UInt64> {
            let address = try #require(base.address(at: offset))
            var key = ElementData()
            key.append(address)
            let found = elements.filter {
                $0.element.key <= key && key <= ($0.element.lastKey ?? $0.element.key)
            }
            let times = blocked.filter { $0.block.contains(address) }
                .map { $0.seconds ?? .max }
            #expect(found.map { $0.timeoutSeconds ?? .max } == (times.max().map { [$0] } ?? []))
        }
    }
}
