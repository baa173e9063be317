/// The most pointers followed in one name.
///
/// A name has at most 127 labels, and a writer has no reason for a pointer without a label before
/// it.
let maximumPointerCount = 126

/// Reading names, which may end in a pointer to an earlier place (RFC 1035 section 4.1.4).
extension RawSpan {
    /// Reads a name; afterwards the offset is behind it, not behind what it points to.
    func readName(at offset: inout Int) throws(MessageError) -> DomainName {
        let start = offset
        var position = offset
        var labelCount = 0
        while true {
            let length = Int(try readByte(at: &position))
            if length == 0 { break }
            if length >= 0xc0 { return try readCompressedName(at: &offset) }
            guard length < 0x40 else { throw MessageError(.badLabel, at: position - 1) }
            position += length
            labelCount += 1
            guard position - start < DomainName.maximumByteCount else {
                throw MessageError(.nameTooLong, at: start)
            }
        }
        offset = position
        return DomainName(validWire: array(start..<position), labelCount: labelCount)
    }

    /// Reads a name label by label, following its pointers.
    ///
    /// Each pointer must lead to before the labels that it ends, so that no byte is read twice.
    private func readCompressedName(at offset: inout Int) throws(MessageError) -> DomainName {
        let start = offset
        var wire: [UInt8] = []
        wire.reserveCapacity(64)
        var labelCount = 0
        var pointerCount = 0
        var segment = offset
        var position = offset
        while true {
            let lengthAt = position
            let length = Int(try readByte(at: &position))
            if length == 0 { break }
            if length >= 0xc0 {
                let target = (length & 0x3f) << 8 | Int(try readByte(at: &position))
                if pointerCount == 0 { offset = position }
                pointerCount += 1
                guard target < segment, target >= MessageHeader.byteCount else {
                    throw MessageError(.badPointer, at: lengthAt)
                }
                guard pointerCount <= maximumPointerCount else {
                    throw MessageError(.tooManyPointers, at: start)
                }
                segment = target
                position = target
                continue
            }
            guard length < 0x40 else { throw MessageError(.badLabel, at: lengthAt) }
            try skip(length, at: &position)
            labelCount += 1
            wire += array(lengthAt..<position)
            guard wire.count < DomainName.maximumByteCount else {
                throw MessageError(.nameTooLong, at: start)
            }
        }
        wire.append(0)
        return DomainName(validWire: wire, labelCount: labelCount)
    }

    /// Passes over a name without following its pointer.
    func skipName(at offset: inout Int) throws(MessageError) {
        let start = offset
        while true {
            let length = Int(try readByte(at: &offset))
            if length == 0 { return }
            if length >= 0xc0 { return try skip(1, at: &offset) }
            guard length < 0x40 else { throw MessageError(.badLabel, at: offset - 1) }
            try skip(length, at: &offset)
            guard offset - start < DomainName.maximumByteCount else {
                throw MessageError(.nameTooLong, at: start)
            }
        }
    }
}
