/// Eight bytes with the letters A to Z in lower case and every other byte as it is.
///
/// Works on all eight at once: bit 7 of each lane tells whether the byte is a capital, and bit 5 is
/// what a capital lacks. The length bytes of a name (at most 63) lie below the letters, so that a
/// whole name can be folded without looking for its labels.
func lowercased(_ word: UInt64) -> UInt64 {
    let sevenBits = word & 0x7f7f_7f7f_7f7f_7f7f
    let atLeastA = sevenBits &+ 0x3f3f_3f3f_3f3f_3f3f
    let aboveZ = sevenBits &+ 0x2525_2525_2525_2525
    let isCapital = (atLeastA ^ aboveZ) & ~word & 0x8080_8080_8080_8080
    return word | isCapital >> 2
}

/// A byte with the letters A to Z in lower case.
func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
}

extension RawSpan {
    /// The eight bytes from an offset on, zeros standing for those past the end.
    func word(at offset: Int) -> UInt64 {
        if offset + 8 <= byteCount {
            return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        var word: UInt64 = 0
        for position in offset..<byteCount {
            word |= UInt64(self[byteAt: position]) << (8 * UInt64(position - offset))
        }
        return word
    }

    /// The byte at an offset, which must lie within.
    subscript(byteAt offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Whether there is no capital letter.
    var isLowercase: Bool {
        for offset in stride(from: 0, to: byteCount, by: 8) {
            let word = word(at: offset)
            guard word == lowercased(word) else { return false }
        }
        return true
    }

    /// Whether the bytes are the same but for the case of letters.
    func isEqualIgnoringCase(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in stride(from: 0, to: byteCount, by: 8) {
            guard lowercased(word(at: offset)) == lowercased(other.word(at: offset)) else {
                return false
            }
        }
        return true
    }
}
