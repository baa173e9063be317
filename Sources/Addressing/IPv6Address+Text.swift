/// How an IPv6 address is read (RFC 4291 section 2.2) and written (RFC 5952).
extension IPv6Address {
    /// Reads any form of RFC 4291: full, compressed with one `::`, and with an IPv4 tail.
    ///
    /// Fails for zones (`fe80::1%eth0`): an interface's name means nothing on another host.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: text.bytesOfText)
    }

    init?(utf8 text: Substring.UTF8View) {
        guard let gap = Self.firstGap(in: text) else {
            guard let all = GroupRun(text, mayEndInIPv4: true), all.count == 8 else { return nil }
            self.init(rawValue: all.number)
            return
        }
        let head = GroupRun(text[..<gap.lowerBound], mayEndInIPv4: false)
        let tail = GroupRun(text[gap.upperBound...], mayEndInIPv4: true)
        // `::` stands for at least one group, so seven at most are spelled out.
        guard let head, let tail, head.count + tail.count <= 7 else { return nil }
        self.init(rawValue: head.number << (128 - 16 * head.count) | tail.number)
    }

    /// Where the first `::` is; a second one shows as an empty group later.
    private static func firstGap(in text: Substring.UTF8View) -> Range<Substring.Index>? {
        let colon = UInt8(ascii: ":")
        for (first, second) in zip(text.indices, text.indices.dropFirst())
        where text[first] == colon && text[second] == colon {
            return first..<text.index(after: second)
        }
        return nil
    }
}

/// Groups with single colons between them, the last in the lowest bits.
private struct GroupRun {
    var number: UInt128 = 0
    var count = 0

    init?(_ text: Substring.UTF8View, mayEndInIPv4: Bool) {
        guard !text.isEmpty else { return }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        for (index, part) in parts.enumerated() {
            if let group = Self.group(part) {
                append(group, bits: 16)
            } else if mayEndInIPv4, index == parts.count - 1, let tail = IPv4Address(utf8: part) {
                append(UInt128(tail.rawValue), bits: 32)
            } else {
                return nil
            }
        }
    }

    private mutating func append(_ value: UInt128, bits: Int) {
        number = number << bits | value
        count += bits / 16
    }

    /// One to four hexadecimal digits of either case; a sign, which `UInt16` would read, is none.
    private static func group(_ digits: Substring.UTF8View) -> UInt128? {
        guard (1...4).contains(digits.count) else { return nil }
        var group: UInt128 = 0
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            group = group << 4 | UInt128(value)
        }
        return group
    }
}

extension IPv6Address: CustomStringConvertible {
    /// The one canonical text of RFC 5952: lower case, no leading zeros, the longest run of two or
    /// more zero groups (the first of equals) as `::`, and mapped IPv4 as `::ffff:192.0.2.1`.
    package var description: String {
        if let mapped = mappedIPv4 { return "::ffff:\(mapped)" }
        let groups = (0..<8).map { index in
            UInt16(truncatingIfNeeded: rawValue >> (112 - 16 * index))
        }
        guard let zeros = Self.longestZeroRun(in: groups) else {
            return Self.text(groups[...])
        }
        return Self.text(groups[..<zeros.lowerBound]) + "::"
            + Self.text(groups[zeros.upperBound...])
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { group in String(group, radix: 16) }.joined(separator: ":")
    }

    private static func longestZeroRun(in groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            guard group == 0 else {
                start = index + 1
                continue
            }
            if index + 1 - start > longest.count { longest = start..<index + 1 }
        }
        return longest.count > 1 ? longest : nil
    }
}
