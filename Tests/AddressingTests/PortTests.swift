import Addressing
import Testing

@Suite("ports and protocols")
struct PortTests {
    @Test("ports are 1 to 65535")
    func range() {
        #expect(Port(0) == nil)
        #expect(Port(1)?.rawValue == 1)
        #expect(Port(65535)?.rawValue == 65535)
        #expect(Port(65536) == nil)
        #expect(Port(70000) == nil)
        #expect(Port(-1) == nil)
        #expect(Port(Int.max) == nil)
    }

    @Test("a decimal number is read")
    func decimal() {
        #expect(Port("80")?.rawValue == 80)
        #expect(Port("65535")?.description == "65535")
    }

    @Test(
        "every other spelling is refused",
        arguments: [
            "", "0", "00", "080", "65536", "99999999999999999999", "-1", "+80", " 80", "80 ", "8 0",
            "0x50", "http", "８０",
        ])
    func otherSpellings(text: String) {
        #expect(Port(text) == nil)
    }

    @Test("ports are ordered by number")
    func portOrder() throws {
        #expect(try #require(Port(9)) < #require(Port(10)))
    }

    @Test("protocols have their IANA numbers")
    func numbers() {
        #expect(TransportProtocol(rawValue: 6) == .tcp)
        #expect(TransportProtocol(rawValue: 17) == .udp)
        #expect(TransportProtocol(rawValue: 132) == .sctp)
        #expect(TransportProtocol(rawValue: 1) == nil)
    }

    @Test("protocols are read and written in Kubernetes' capitals, and shown in nft's letters")
    func spellings() {
        for transport in TransportProtocol.allCases {
            #expect(TransportProtocol(kubernetes: transport.kubernetesName) == transport)
        }
        #expect(TransportProtocol(kubernetes: "UDP") == .udp)
        #expect(TransportProtocol(kubernetes: "udp") == nil)
        #expect(TransportProtocol(kubernetes: "ICMP") == nil)
        #expect(TransportProtocol.allCases.map(\.description) == ["tcp", "udp", "sctp"])
        #expect(TransportProtocol.tcp < .udp && TransportProtocol.udp < .sctp)
    }

    @Test("families have Kubernetes' names and come in order")
    func families() {
        #expect(IPFamily.allCases.map(\.description) == ["IPv4", "IPv6"])
        #expect(IPFamily.allCases.map(\.addressBits) == [32, 128])
        #expect(IPFamily.v4 < .v6)
    }
}
