import Addressing
import DNSMessage
import Glibc
import Testing

@testable import DNSServer

@Suite("Clients that cannot be answered", .timeLimit(.minutes(2)))
struct UnanswerableTests {
    @Test("a query from port 0 costs nobody else his answer")
    func portZero() async throws {
        try await RunningPlace.with { place in
            let bytes = try query("web.default.svc.cluster.local")
            let raw = socket(AF_INET, Int32(SOCK_RAW.rawValue), Int32(IPPROTO_UDP))
            try #require(raw >= 0, "only root may open raw sockets")
            defer { close(raw) }
            var server = SocketName(place.endpoint)
            // A UDP header from port 0 to port 5300, without a checksum.
            let length = UInt16(8 + bytes.count)
            let datagram: [UInt8] =
                [0, 0, 0x14, 0xb4, UInt8(length >> 8), UInt8(length & 0xff), 0, 0]
                + bytes
            for id in 0..<64 as Range<UInt16> {
                let sent = unsafe server.withPointer { pointer, nameLength in
                    unsafe sendto(raw, datagram, datagram.count, 0, pointer, nameLength)
                }
                #expect(sent == datagram.count)
                let reply = try await ask(
                    place.endpoint, try query("web.default.svc.cluster.local", id: id))
                #expect(reply.header.id == id)
            }
        }
    }

    @Test(
        "names of sockets say what their endpoints are", arguments: ["10.1.2.3:53", "[fd00::1]:53"])
    func names(text: String) throws {
        let endpoint = try endpoint(text)
        #expect(SocketName(endpoint).address == endpoint.address)
        #expect(SocketName().address == nil)
    }

    @Test("an address that the host does not have leaves no socket open")
    func failedSocket() throws {
        let missing = try endpoint("203.0.113.77:5300")
        for _ in 0..<3 {
            #expect(throws: ListenError(.udp, code: EADDRNOTAVAIL)) {
                _ = try DatagramSocket(missing)
            }
        }
    }
}
