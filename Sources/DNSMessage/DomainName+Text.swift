extension DomainName: CustomStringConvertible {
    /// Reads a name as written in zone files, such as `kubernetes.default.svc.cluster.local`; the
    /// final dot may be left out, and `.` is the root.
    ///
    /// `\.` is a dot within a label, `\065` the byte 65; spaces, control characters and all beyond
    /// ASCII must be written so. Fails for the empty text, empty labels and names too long.
    package init?(_ text: some StringProtocol) {
        self.init(characters: Array(text.utf8))
    }

    private init?(characters: [UInt8]) {
        guard characters != [UInt8(ascii: ".")] else {
            self = .root
            return
        }
        var wire: [UInt8] = [0]
        var labelStart = 0
        var labelCount = 0
        var characters = characters.makeIterator()
        while let character = characters.next() {
            if character == UInt8(ascii: ".") {
                guard wire.endLabel(at: labelStart) else { return nil }
                labelStart = wire.count - 1
                labelCount += 1
                continue
            }
            guard wire.count < Self.maximumByteCount,
                let byte = character == UInt8(ascii: "\\")
                    ? escapedByte(&characters) : unescaped(character)
            else { return nil }
            wire.append(byte)
        }
        if labelStart < wire.count - 1 {
            guard wire.endLabel(at: labelStart) else { return nil }
            labelCount += 1
        }
        guard labelCount > 0, wire.count <= Self.maximumByteCount else { return nil }
        self.init(validWire: wire, labelCount: labelCount)
    }

    /// The name as zone files write it, with the final dot.
    package var description: String {
        if labelCount == 0 { return "." }
        var text = ""
        text.reserveCapacity(wire.count)
        for index in labelRanges {
            text += escaped(wire[index])
            text += "."
        }
        return text
    }
}

extension [UInt8] {
    /// Writes the length of the label that ends here, and the place for that of the next.
    fileprivate mutating func endLabel(at start: Int) -> Bool {
        let length = count - 1 - start
        guard 1...DomainName.maximumLabelByteCount ~= length else { return false }
        self[start] = UInt8(length)
        append(0)
        return true
    }
}

/// A character that stands for itself.
private func unescaped(_ character: UInt8) -> UInt8? {
    0x21...0x7e ~= character ? character : nil
}

/// The byte after a backslash: three decimal digits, or a character as it is.
private func escapedByte(_ characters: inout IndexingIterator<[UInt8]>) -> UInt8? {
    guard let first = characters.next(), 0x20...0x7e ~= first else { return nil }
    guard 0x30...0x39 ~= first else { return first }
    var number = Int(first - 0x30)
    for _ in 0..<2 {
        guard let digit = characters.next(), 0x30...0x39 ~= digit else { return nil }
        number = number * 10 + Int(digit - 0x30)
    }
    return UInt8(exactly: number)
}

/// Whether a byte of a label is written as it is: `"$().;@\` mean something in a zone file.
func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "$"), UInt8(ascii: "("), UInt8(ascii: ")"),
        UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: "@"), UInt8(ascii: "\\"):
        false
    default:
        0x21...0x7e ~= byte
    }
}

/// A label as zone files write it.
func escaped(_ label: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(label.count)
    for byte in label {
        if isPlain(byte) {
            text.append(byte)
            continue
        }
        text.append(UInt8(ascii: "\\"))
        if 0x21...0x7e ~= byte {
            text.append(byte)
        } else {
            text += [byte / 100, byte / 10 % 10, byte % 10].map { 0x30 + $0 }
        }
    }
    return String(decoding: text, as: UTF8.self)
}
