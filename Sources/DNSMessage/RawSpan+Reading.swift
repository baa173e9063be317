/// Reading at an offset that moves along, never past the end of the message.
extension RawSpan {
    /// Reads one byte.
    func readByte(at offset: inout Int) throws(MessageError) -> UInt8 {
        guard offset < byteCount else { throw MessageError(.tooShort, at: byteCount) }
        defer { offset += 1 }
        return self[byteAt: offset]
    }

    /// Reads two bytes as a number.
    func readUInt16(at offset: inout Int) throws(MessageError) -> UInt16 {
        guard byteCount - offset >= 2 else { throw MessageError(.tooShort, at: byteCount) }
        defer { offset += 2 }
        return UInt16(
            bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// Reads four bytes as a number.
    func readUInt32(at offset: inout Int) throws(MessageError) -> UInt32 {
        guard byteCount - offset >= 4 else { throw MessageError(.tooShort, at: byteCount) }
        defer { offset += 4 }
        return UInt32(
            bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Reads eight bytes as a number.
    func readUInt64(at offset: inout Int) throws(MessageError) -> UInt64 {
        guard byteCount - offset >= 8 else { throw MessageError(.tooShort, at: byteCount) }
        defer { offset += 8 }
        return UInt64(
            bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Reads some bytes; allocates no more than are there.
    func readBytes(_ count: Int, at offset: inout Int) throws(MessageError) -> [UInt8] {
        guard byteCount - offset >= count else { throw MessageError(.tooShort, at: byteCount) }
        defer { offset += count }
        return array(offset..<offset + count)
    }

    /// Passes over some bytes.
    func skip(_ count: Int, at offset: inout Int) throws(MessageError) {
        guard byteCount - offset >= count else { throw MessageError(.tooShort, at: byteCount) }
        offset += count
    }

    /// A copy of a part, which must lie within.
    func array(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe [UInt8](bytes) }
    }
}
