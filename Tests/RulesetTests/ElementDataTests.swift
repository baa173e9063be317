import Addressing
import Fixtures
import Ruleset
import Support
import Testing

@Suite("The bytes of an element")
struct ElementDataTests {
    @Test("stand in whole registers, in the kernel's order")
    func registers() {
        var data = ElementData()
        data.append(address("10.96.0.10"))
        data.append(TransportProtocol.tcp)
        data.append(port(80))
        #expect(data.bytes == [10, 96, 0, 10, 6, 0, 0, 0, 0, 80, 0, 0])
        #expect(data.registerCount == 3)
    }

    @Test("hold a number in this host's order, as numgen yields it")
    func hostOrder() {
        var data = ElementData()
        data.append(number: 258)
        let inMemory = unsafe withUnsafeBytes(of: UInt32(258)) { unsafe Array($0) }
        #expect(data.bytes == inMemory)
    }

    @Test("survive the way to the kernel and back", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for registers in 0...ElementData.maximumRegisters {
            let bytes = (0..<registers * 4).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(ElementData(bytes: bytes)?.bytes == bytes)
        }
    }

    @Test("are refused if they are not whole registers, or more than ten")
    func limits() {
        #expect(ElementData(bytes: [1, 2, 3]) == nil)
        #expect(ElementData(bytes: Array(repeating: 0, count: 40)) != nil)
        #expect(ElementData(bytes: Array(repeating: 0, count: 44)) == nil)
    }

    @Test("are ordered and equal as bytes are", arguments: 0..<50 as Range<UInt64>)
    func order(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func some(_ random: inout SplitMix) -> ElementData {
            let count = Int.random(in: 0...2, using: &random) * 4
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...1, using: &random) * 255 }
            return ElementData(bytes: bytes) ?? ElementData()
        }
        let (left, right) = (some(&random), some(&random))
        #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
        #expect((left == right) == (left.bytes == right.bytes))
        if left == right { #expect(left.hashValue == right.hashValue) }
    }

    @Test("read as the fields that they were made of", arguments: IPFamily.allCases)
    func fields(family: IPFamily) {
        let places = ExamplePlaces(family)
        var data = ElementData()
        data.append(places.client)
        data.append(places.clusterIP(1))
        data.append(TransportProtocol.udp)
        data.append(port(53))
        let selectors: [Selector] = [
            .sourceAddress, .destinationAddress, .transportProtocol, .destinationPort,
        ]
        #expect(
            FieldReader.fields(of: data, as: selectors, family: TableFamily(family)) == [
                .address(places.client), .address(places.clusterIP(1)), .transportProtocol(17),
                .port(53),
            ])
    }

    @Test("read as no more fields than they hold")
    func shortData() {
        var data = ElementData()
        data.append(number: 7)
        let selectors: [Selector] = [.random(modulus: 9), .destinationPort]
        #expect(FieldReader.fields(of: data, as: selectors, family: .ip) == [.number(7)])
        #expect(FieldReader.fields(of: data, as: [.sourceAddress], family: .ip6).isEmpty)
    }
}
