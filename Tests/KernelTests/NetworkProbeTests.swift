import Addressing
import Testing

@testable import Netfilter

@Suite("Asking who has an address")
struct NetworkProbeTests {
    private let own = HardwareAddress(bytes: [2, 0, 0, 0, 0, 10] as [UInt8])
    private let other = HardwareAddress(bytes: [2, 0, 0, 0, 0, 11] as [UInt8])

    @Test("an ARP probe names no sender, asks for the address, and goes to all")
    func arpProbe() throws {
        let probe = AddressProbe(
            address: try #require(IPAddress("198.51.100.10")), hardwareAddress: try #require(own))
        #expect(
            probe.frame == [
                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 10, 0x08, 0x06,
                0, 1, 0x08, 0, 6, 4, 0, 1,
                2, 0, 0, 0, 0, 10, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 198, 51, 100, 10,
            ])
    }

    @Test("a solicitation comes from nobody and goes to the group of the address")
    func solicitation() throws {
        let probe = AddressProbe(
            address: try #require(IPAddress("fd00:198::10")), hardwareAddress: try #require(own))
        #expect(probe.frame.prefix(6) == [0x33, 0x33, 0xff, 0, 0, 0x10])
        #expect(probe.frame[14 + 8..<14 + 24].allSatisfy { $0 == 0 })
        #expect(probe.frame[14 + 24..<14 + 40].address?.description == "ff02::1:ff00:10")
        #expect(probe.frame[14 + 7] == 255)
        #expect(probe.frame[14 + 40] == 135)
    }

    @Test("announcements claim their address, probes only while they are asked")
    func claims() throws {
        let (own, other) = (try #require(own), try #require(other))
        for text in ["198.51.100.10", "fd00:198::10"] {
            let address = try #require(IPAddress(text))
            for frame in AddressAnnouncement(address: address, hardwareAddress: other).frames {
                let claim = try #require(AddressClaim(frame: frame))
                #expect(claim.address == address)
                #expect(!claim.isProbe)
                #expect(claim.speaksAgainst(own))
                #expect(!claim.speaksAgainst(other))
            }
            let probe = AddressProbe(address: address, hardwareAddress: other).frame
            let claim = try #require(AddressClaim(frame: probe))
            #expect(claim.isProbe)
            #expect(claim.address == address)
            // Of two that ask at once exactly one gives way.
            let back = AddressProbe(address: address, hardwareAddress: own).frame
            let answer = try #require(AddressClaim(frame: back))
            #expect(claim.speaksAgainst(own) != answer.speaksAgainst(other))
        }
    }

    @Test("what is cut off, or was passed on by a router, claims nothing")
    func nothing() throws {
        let other = try #require(other)
        for text in ["198.51.100.10", "fd00:198::10"] {
            let address = try #require(IPAddress(text))
            let frame = AddressProbe(address: address, hardwareAddress: other).frame
            for length in 0..<frame.count - 4 {
                #expect(AddressClaim(frame: frame.prefix(length)) == nil)
            }
        }
        var routed = AddressAnnouncement(
            address: try #require(IPAddress("fd00:198::10")), hardwareAddress: other
        ).frames[0]
        routed[14 + 7] = 254
        #expect(AddressClaim(frame: routed) == nil)
    }
}
