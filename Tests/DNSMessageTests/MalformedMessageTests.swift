import DNSMessage
import Testing

@Suite("Malformed messages")
struct MalformedMessageTests {
    /// The end of a question: type A, class IN.
    private let asked = bytes("0001 0001")
    /// The end of a record without data.
    private let empty = bytes("0001 0001 00000000 0000")

    @Test("fewer than twelve bytes have no header, and twelve are a message")
    func header() throws {
        let header = message([])
        for count in 0..<12 {
            #expect(problem(Array(header[..<count])) == MessageError(.noHeader, at: count))
            #expect(throws: MessageError(.noHeader, at: count)) {
                try Query(parsing: Array(header[..<count]))
            }
        }
        #expect(problem(header) == nil)
        #expect(!MessageError(.noHeader, at: 0).isAnswerable)
        #expect(MessageError(.tooShort, at: 12).isAnswerable)
    }

    @Test("a message cut anywhere is refused", arguments: RecordedMessages.all)
    func cut(message: [UInt8]) {
        for count in 0..<message.count {
            #expect(problem(Array(message[..<count])) != nil, "cut at \(count)")
        }
    }

    @Test("counts that claim more than is there are refused")
    func lyingCounts() {
        var packet = RecordedMessages.address
        for place in [5, 7, 9, 11] {
            packet[place] += 1
            #expect(problem(packet) != nil, "count at \(place)")
            packet[place] -= 1
        }
        let claims = bytes("1234 0000 ffff ffff ffff ffff")
        #expect(problem(claims) == MessageError(.tooShort, at: 12))
        #expect(throws: MessageError(.questionCount, at: 4)) { try Query(parsing: claims) }
    }

    @Test("a query asks one question, not none and not two")
    func questionCount() {
        let question = [0] + asked
        #expect(throws: MessageError(.questionCount, at: 4)) { try Query(parsing: message([])) }
        #expect(throws: MessageError(.questionCount, at: 4)) {
            try Query(parsing: message(questions: 2, question + question))
        }
        #expect(throws: Never.self) { try Query(parsing: message(questions: 1, question)) }
    }

    @Test("labels of 63 bytes read; longer ones would be pointers or nothing")
    func labelLength() throws {
        let longest = [63] + [UInt8](repeating: 0x78, count: 63) + [0]
        let read = try Message(parsing: message(questions: 1, longest + asked))
        #expect(read.questions.first?.name.wire == longest)
        for length: UInt8 in [64, 65, 127, 128, 191] {
            let label = [length] + [UInt8](repeating: 0x78, count: Int(length)) + [0]
            #expect(
                problem(message(questions: 1, label + asked)) == MessageError(.badLabel, at: 12))
        }
    }

    @Test("names of 255 bytes read, of 256 not")
    func nameLength() throws {
        let labels = [UInt8](([[UInt8]](repeating: [1, 0x61], count: 127)).joined())
        let read = try Message(parsing: message(questions: 1, labels + [0] + asked))
        #expect(read.questions.first?.name.labelCount == 127)
        let longer = Array(labels.dropLast(2)) + [2, 0x61, 0x61, 0]
        let refused = message(questions: 1, longer + asked)
        #expect(problem(refused) == MessageError(.nameTooLong, at: 12))
        #expect(throws: MessageError(.nameTooLong, at: 12)) { try Query(parsing: refused) }
    }

    @Test("a name that a pointer makes of 255 bytes reads, of 256 not")
    func pointedNameLength() throws {
        // 12: a name of 127 labels less one, 253 bytes; then one that adds a label to it.
        let labels = [UInt8](([[UInt8]](repeating: [1, 0x61], count: 126)).joined())
        let first = labels + [0] + empty
        let fits = message(answers: 2, first + [1, 0x62, 0xc0, 12] + empty)
        #expect(try Message(parsing: fits).answers[1].name.wire.count == 255)
        let tooLong = message(answers: 2, first + [2, 0x62, 0x62, 0xc0, 12] + empty)
        #expect(problem(tooLong)?.code == .nameTooLong)
    }

    @Test("pointers lead back, to names: not to themselves, forward or into the header")
    func pointerDirections() {
        for target: UInt8 in [0, 11, 12, 13, 14, 30, 255] {
            let packet = message(questions: 1, [0xc0, target] + asked)
            #expect(problem(packet) == MessageError(.badPointer, at: 12), "to \(target)")
            #expect(throws: MessageError(.badPointer, at: 12)) { try Query(parsing: packet) }
        }
        #expect(problem(message(questions: 1, [0xff, 0xff] + asked))?.code == .badPointer)
        #expect(problem(message(questions: 1, [0xc0]))?.code == .tooShort)
    }

    @Test("a pointer into the name that it ends is a loop")
    func pointerLoops() {
        let within = message(questions: 1, [1, 0x61, 0xc0, 12] + asked)
        #expect(problem(within) == MessageError(.badPointer, at: 14))
        // Two names that point to each other: the first would have to point forward.
        let mutual = message(
            questions: 2, [1, 0x61, 0xc0, 20] + asked + [1, 0x62, 0xc0, 12] + asked)
        #expect(problem(mutual) == MessageError(.badPointer, at: 14))
    }

    @Test("126 pointers in a name read, 127 not")
    func pointerChain() throws {
        // 12: the root; then records whose names are each a pointer to the one before.
        func chain(of count: Int) -> [UInt8] {
            var packet = message(answers: UInt8(count + 1), [0] + empty)
            var target = 12
            for _ in 0..<count {
                let place = packet.count
                packet += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)] + empty
                target = place
            }
            return packet
        }
        #expect(try Message(parsing: chain(of: 126)).answers.last?.name == .root)
        #expect(problem(chain(of: 127))?.code == .tooManyPointers)
    }

    @Test(
        "data longer or shorter than their type has are refused",
        arguments: [
            (RecordType.a, "0a6007"), (.a, "0a60070100"), (.aaaa, "fd00"), (.cname, "016100 00"),
            (.cname, "0161"), (.ns, "c00c 00"), (.soa, "00 00 0000"), (.mx, "000a"),
            (.mx, "000a 00 00"), (.srv, "0000 0000 0050"), (.txt, "0261"), (.txt, "016102"),
            (.naptr, "0064 000a 00 00 00"), (.naptr, "0064"), (.ptr, "4100"),
        ])
    func badData(type: RecordType, data: String) {
        let data = bytes(data)
        let record = [0, 0, UInt8(type.rawValue), 0, 1, 0, 0, 0, 5, 0, UInt8(data.count)] + data
        #expect(problem(message(answers: 1, record)) != nil)
        #expect(problem(message(answers: 1, record + [UInt8](repeating: 0, count: 40))) != nil)
    }
}
