import Addressing
import Support
import Testing

@Suite("IPv4 addresses")
struct IPv4AddressTests {
    @Test("the first part is the highest byte")
    func firstPartIsHighest() throws {
        let address = try #require(IPv4Address("1.2.3.4"))
        #expect(address.rawValue == 0x0102_0304)
        #expect(address.bytes == [1, 2, 3, 4])
        #expect(address == IPv4Address(rawValue: 0x0102_0304))
    }

    @Test(
        "four decimal parts are read and written alike",
        arguments: ["0.0.0.0", "10.96.0.1", "127.0.0.1", "192.168.50.200", "255.255.255.255"])
    func readAndWritten(text: String) throws {
        #expect(try #require(IPv4Address(text)).description == text)
    }

    @Test(
        "144: leading zeros are refused, never read as octal",
        arguments: ["010.96.0.1", "10.096.0.1", "10.96.0.01", "00.0.0.0", "0127.0.0.1"])
    func leadingZeros(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(
        "every other spelling is refused",
        arguments: [
            "", ".", "...", "10", "10.96", "10.96.1", "10.96.0.1.2", "10.96.0.", ".96.0.1",
            "10..0.1", "256.0.0.1", "10.96.0.256", "99999999999999999999.0.0.1", "-1.0.0.1",
            "+1.0.0.1", "0x0a.0.0.1", "a.b.c.d", " 10.96.0.1", "10.96.0.1 ", "10.96.0.1\n",
            "10.96.0.1/8", "١.٢.٣.٤",
        ])
    func otherSpellings(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test("a part of a longer text is read in place")
    func partOfText() {
        #expect(IPv4Address("at 10.0.0.1".dropFirst(3)) == IPv4Address(rawValue: 0x0a00_0001))
    }

    @Test("exactly four bytes make an address")
    func fourBytes() {
        #expect(IPv4Address(bytes: [10, 96, 0, 1])?.description == "10.96.0.1")
        #expect(IPv4Address(bytes: [10, 96, 0]) == nil)
        #expect(IPv4Address(bytes: [10, 96, 0, 1, 0]) == nil)
    }

    @Test("text and bytes give back the address", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: random.next()))
        #expect(IPv4Address(address.description) == address)
        #expect(IPv4Address(bytes: address.bytes) == address)
    }

    @Test("addresses are ordered by number, not by text")
    func order() throws {
        #expect(try #require(IPv4Address("9.0.0.0")) < #require(IPv4Address("10.0.0.0")))
    }
}
