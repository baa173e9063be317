/// A message made of well-formed pieces, in whatever order.
struct MessageShape {
    /// Types whose data the reader looks into, and one that it does not.
    private static let types: [UInt8] = [
        1, 2, 5, 6, 12, 14, 15, 16, 18, 24, 26, 28, 33, 35, 39, 99,
    ]

    private(set) var bytes: [UInt8] = [0x12, 0x34, 0x01, 0x00] + [UInt8](repeating: 0, count: 8)
    /// Where the labels and pointers are, to point to.
    private var places: [Int] = []
    /// Where the length of the last record's data stands, until they end.
    private var lengthPlace: Int?

    /// Adds the piece of one instruction.
    mutating func follow(_ instruction: UInt8, argument: UInt8) {
        switch instruction % 11 {
        case 0: appendLabel(length: Int(argument & 63))
        case 1: for _ in 0..<argument & 127 { appendLabel(length: 1) }
        case 2: appendPointer(back: Int(argument))
        case 3: for _ in 0..<argument { appendPointer(back: 0) }
        case 4: bytes.append(0)
        case 5: bytes.append(argument)
        case 6: appendQuestionTail(type: argument)
        case 7: appendRecordHead(Self.types[Int(argument) % Self.types.count], countedAt: 7)
        case 8: appendRecordHead(Self.types[Int(argument) % Self.types.count], countedAt: 11)
        case 9: appendExtensions(payload: argument)
        default: lengthPlace = nil
        }
        setDataLength()
    }

    /// Lets the last record's data go on to here, unless they have ended.
    private mutating func setDataLength() {
        guard let lengthPlace else { return }
        let length = bytes.count - lengthPlace - 2
        bytes[lengthPlace] = UInt8(truncatingIfNeeded: length >> 8)
        bytes[lengthPlace + 1] = UInt8(truncatingIfNeeded: length)
    }

    private mutating func appendLabel(length: Int) {
        guard length > 0 else { return }
        places.append(bytes.count)
        bytes.append(UInt8(length))
        bytes += repeatElement(UInt8(0x61), count: length)
    }

    /// Points to one of the labels and pointers so far, counted back from the last.
    private mutating func appendPointer(back index: Int) {
        let target = places.isEmpty ? 12 : places[max(0, places.count - 1 - index)]
        places.append(bytes.count)
        bytes += [0xc0 | UInt8(truncatingIfNeeded: target >> 8), UInt8(target & 0xff)]
    }

    private mutating func appendQuestionTail(type: UInt8) {
        bytes += [0, type, 0, 1]
        bytes[5] &+= 1
    }

    private mutating func appendRecordHead(_ type: UInt8, countedAt place: Int) {
        bytes += [0, type, 0, 1, 0, 0, 0, 5, 0, 0]
        lengthPlace = bytes.count - 2
        bytes[place] &+= 1
    }

    private mutating func appendExtensions(payload: UInt8) {
        lengthPlace = nil
        bytes += [0, 0, 41, payload, 0, 0, 0, 0, 0, 0, 0]
        bytes[11] &+= 1
    }
}
