/// Reads an unsigned decimal number written the one way everybody reads alike.
///
/// No sign, no space and no leading zero: `010` is eight to the C library and ten to others, and
/// such a disagreement has let addresses past filters (CVE-2021-29923).
func decimalNumber(_ digits: Substring.UTF8View, atMost limit: Int) -> Int? {
    guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else {
        return nil
    }
    var number = 0
    for digit in digits {
        guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
        number = number * 10 + Int(digit - UInt8(ascii: "0"))
        // Leaving at the first excess keeps the number from overflowing, however long the text.
        guard number <= limit else { return nil }
    }
    return number
}

extension StringProtocol {
    /// The text as bytes of one concrete type, so that each reader is compiled once and quick.
    var bytesOfText: Substring.UTF8View { Substring(String(self)).utf8 }
}
