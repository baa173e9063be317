/// When an object was created, to the second; for comparing, not for reckoning.
package struct CreationTime: Hashable, Comparable, Sendable {
    /// Year, month, day, hour, minute and second as one decimal number.
    private let digits: UInt64

    /// Reads a time in UTC as Kubernetes writes it, such as `2026-01-31T12:00:00Z`; parts of a
    /// second are passed over.
    package init?(_ text: String) {
        let second = text.utf8.prefix(19)
        guard second.count == 19, second.dropFirst(10).first == UInt8(ascii: "T"),
            text.utf8.last == UInt8(ascii: "Z")
        else { return nil }
        var digits: UInt64 = 0
        for (place, byte) in second.enumerated() {
            if Self.punctuation[place] == byte { continue }
            guard Self.punctuation[place] == nil, 0x30...0x39 ~= byte else { return nil }
            digits = digits * 10 + UInt64(byte - 0x30)
        }
        self.digits = digits
    }

    /// What stands between the numbers, by its place.
    private static let punctuation: [Int: UInt8] = [
        4: UInt8(ascii: "-"), 7: UInt8(ascii: "-"), 10: UInt8(ascii: "T"),
        13: UInt8(ascii: ":"), 16: UInt8(ascii: ":"),
    ]

    /// Orders the earlier before the later.
    package static func < (left: CreationTime, right: CreationTime) -> Bool {
        left.digits < right.digits
    }
}
