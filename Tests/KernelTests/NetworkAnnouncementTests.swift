import Addressing
import Support
import Testing

@testable import Netfilter

@Suite("Address announcements")
struct NetworkAnnouncementTests {
    private func frames(_ text: String) throws -> [String] {
        let hardware = try #require(HardwareAddress(bytes: [0x02, 0, 0, 0, 0, 0x0a]))
        let announcement = AddressAnnouncement(
            address: try address(text), hardwareAddress: hardware)
        return announcement.frames.map { frame in
            frame.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    @Test("gratuitous ARP is what arping -U and -A send")
    func gratuitousARP() throws {
        let ethernet = "ffffffffffff" + "02000000000a" + "0806"
        let types = "0001" + "0800" + "06" + "04"
        let sender = "02000000000a" + "c6336401"
        #expect(
            try frames("198.51.100.1") == [
                ethernet + types + "0001" + sender + "ffffffffffff" + "c6336401",
                ethernet + types + "0002" + sender + "02000000000a" + "c6336401",
            ])
    }

    @Test("the neighbour advertisement overrides, goes to all nodes and has its checksum")
    func neighbourAdvertisement() throws {
        let ethernet = "333300000001" + "02000000000a" + "86dd"
        let virtual = "fd000198000000000000000000000001"
        let header =
            "60000000" + "0020" + "3a" + "ff" + virtual
            + "ff020000000000000000000000000001"
        let advertisement = "8800" + "CHECKSUM" + "20000000" + virtual + "0201" + "02000000000a"
        #expect(
            try frames("fd00:198::1") == [
                ethernet + header + advertisement.replacing("CHECKSUM", with: "5762")
            ])
    }

    @Test(
        "neighbours that knew the VIP elsewhere send to the announcer",
        arguments: ["203.0.113.11", "fd00:203::11"])
    func neighboursFollow(virtual: String) throws {
        let lab = try NetworkLab()
        try lab.onClient("ip neigh add \(virtual) lladdr 02:00:00:00:00:99 dev near0 nud stale")
        var routes = try RouteSocket(inNamespace: lab.router)
        let cable = try #require(try routes.interface(named: "far0"))
        let announcer = try AnnouncementSocket(inNamespace: lab.router)
        try announcer.announce(address(virtual), on: cable)

        let wanted = "lladdr \(try #require(cable.hardwareAddress)) "
        #expect(
            try eventually { try lab.onClient("ip neigh show \(virtual)").contains(wanted) })
    }

    @Test("an interface without a hardware address, or one that is down, is an error")
    func unusableInterface() throws {
        let lab = try NetworkLab()
        var routes = try RouteSocket(inNamespace: lab.router)
        let announcer = try AnnouncementSocket(inNamespace: lab.router)
        let loopback = try #require(try routes.interface(named: "lo"))
        let virtual = try address("203.0.113.11")
        let noAddress = #expect(throws: NetworkError.self) {
            try announcer.announce(virtual, on: loopback)
        }
        #expect(noAddress?.code == 99)  // EADDRNOTAVAIL

        let cable = try #require(try routes.interface(named: "far0"))
        try lab.onRouter("ip link set far0 down")
        let down = #expect(throws: NetworkError.self) {
            try announcer.announce(virtual, on: cable)
        }
        #expect(down?.subject == "203.0.113.11 on far0")
        #expect(down?.code == 100)  // ENETDOWN
    }
}
