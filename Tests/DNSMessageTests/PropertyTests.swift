import DNSMessage
import Support
import Testing

@Suite("Properties of reading and writing")
struct PropertyTests {
    @Test("what is written reads the same", arguments: 0..<100 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<10 {
            let message = randomMessage(using: &random)
            let written = message.bytes()
            let read = try Message(parsing: written)
            #expect(read == message)
            #expect(read.bytes() == written)
        }
    }

    @Test(
        "a message within any limit reads, and says what it leaves out",
        arguments: 0..<50 as Range<UInt64>)
    func limits(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let message = randomMessage(using: &random)
        for truncation in [MessageWriter.Truncation.wholeSets, .records] {
            var writer = MessageWriter(truncation: truncation)
            for limit in stride(from: 512, through: message.bytes().count + 1, by: 7) {
                writer.write(message, limit: limit)
                #expect(writer.bytes.count <= limit)
                let read = try Message(parsing: writer.bytes)
                #expect(read.answers == Array(message.answers.prefix(read.answers.count)))
                #expect(
                    read.authorities == Array(message.authorities.prefix(read.authorities.count)))
                let isWhole =
                    read.answers == message.answers && read.authorities == message.authorities
                #expect(read.header.isTruncated == (message.header.isTruncated || !isWhole))
                #expect(writer.isTruncated == read.header.isTruncated)
            }
        }
    }

    @Test("a message with a wrong byte reads or is refused", arguments: 0..<6 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let messages = [randomMessage(using: &random).bytes()] + RecordedMessages.all
        for original in messages {
            for place in original.indices.prefix(600) {
                var mutated = original
                mutated[place] = UInt8.random(in: 0...255, using: &random)
                readBothWays(mutated)
                mutated[place] = original[place] ^ 1 << UInt8.random(in: 0..<8, using: &random)
                readBothWays(mutated)
            }
        }
    }

    @Test("random bytes read or are refused", arguments: 0..<20 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let body = (0..<Int.random(in: 0...80, using: &random)).map { _ -> UInt8 in
                // Many pointers and short labels, so that something is read.
                [0, 1, 2, 0xc0, 12, 16, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            readBothWays(message(questions: 1, answers: 2, additionals: 1, body))
        }
    }

    /// Reads as a query and as a message: where the message reads, it can be written and read.
    private func readBothWays(_ bytes: [UInt8]) {
        let query = try? Query(parsing: bytes)
        guard let message = try? Message(parsing: bytes) else { return }
        #expect((try? Message(parsing: message.bytes())) == message)
        guard message.questions.count == 1 else { return }
        #expect(query?.question == message.questions[0])
        #expect(query?.extensions == message.extensions)
        #expect(query?.header == message.header)
    }

    @Test("names keep their spelling through text and wire", arguments: 0..<50 as Range<UInt64>)
    func names(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            let name = randomName(using: &random)
            #expect(DomainName(name.description)?.wire == name.wire)
            #expect(DomainName(wire: name.wire)?.wire == name.wire)
            #expect(DomainName(labels: name.labels.map(Array.init))?.wire == name.wire)
            #expect(name == name.lowercased)
            #expect(name.hashValue == name.lowercased.hashValue)
            for count in 0...name.labelCount {
                #expect(name.isWithin(name.suffix(count).lowercased))
            }
        }
    }
}
