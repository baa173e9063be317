import Addressing
import Testing

@testable import Netfilter

/// The bytes themselves, on a machine with the lowest byte first.
@Suite("Network messages")
struct NetworkMessageTests {
    private func flow() throws -> Flow {
        let client = try address("203.0.113.10")
        return Flow(
            transport: .tcp,
            original: FlowDirection(
                source: client, sourcePort: 40_000, destination: try address("198.51.100.1"),
                destinationPort: 80),
            reply: FlowDirection(
                source: try address("192.168.50.1"), sourcePort: 30_080, destination: client,
                destinationPort: 40_000),
            status: [.confirmed, .destinationNAT], tcpState: .synSent, id: 0x0102_0304, zone: 0)
    }

    @Test("a deletion names the original tuple and the flow's identity")
    func deletion() throws {
        let bytes = ConntrackMessage.delete(try flow()).encoded(sequence: 7, isAcknowledged: true)
        let expected: [[UInt8]] = [
            [0x50, 0, 0, 0, 0x02, 0x01, 0x05, 0, 7, 0, 0, 0, 0, 0, 0, 0],  // REQUEST and ACK
            [2, 0, 0, 0],  // IPv4
            [0x34, 0, 0x01, 0x80],  // CTA_TUPLE_ORIG, nested
            [0x14, 0, 0x01, 0x80, 8, 0, 1, 0, 203, 0, 113, 10, 8, 0, 2, 0, 198, 51, 100, 1],
            [0x1c, 0, 0x02, 0x80, 5, 0, 1, 0, 6, 0, 0, 0],
            [6, 0, 2, 0, 0x9c, 0x40, 0, 0, 6, 0, 3, 0, 0, 80, 0, 0],
            [8, 0, 0x0c, 0, 1, 2, 3, 4],  // CTA_ID
        ]
        #expect(bytes == expected.flatMap(\.self))
    }

    @Test("what filters have in common lets through whatever one of them means")
    func commonFilter() throws {
        let frontend = try endpoint("198.51.100.1:80")
        let backend = try endpoint("192.168.50.1:30080")
        let filters = [
            FlowFilter(transport: .tcp, frontend: frontend, backend: backend, onlyUnanswered: true),
            FlowFilter(transport: .tcp, backendAddress: backend.address, onlyUnanswered: true),
            FlowFilter(transport: .tcp, backend: backend, onlyUnanswered: true),
        ]
        let common = FlowFilter.common(of: filters)
        #expect(
            common
                == FlowFilter(
                    transport: .tcp, backendAddress: backend.address, onlyUnanswered: true))
        for filter in filters { #expect(try filter.matches(flow()) && common.matches(flow())) }
        let udp = FlowFilter(transport: .udp, backend: try endpoint("192.168.50.2:1"))
        #expect(FlowFilter.common(of: filters + [udp]) == FlowFilter())
        #expect(FlowFilter.common(of: []) == FlowFilter())
    }

    @Test("only a SYN without any answer counts as unanswered TCP")
    func unanswered() throws {
        let syn = try flow()
        #expect(syn.isUnanswered)
        for (status, state) in [
            (FlowStatus.seenReply, TCPState.synReceived), ([], .established),
            (.seenReply, .synSent),
        ] {
            let other = Flow(
                transport: .tcp, original: syn.original, reply: syn.reply, status: status,
                tcpState: state, id: 1, zone: 0)
            #expect(!other.isUnanswered)
        }
    }

    @Test("a message cut short or spoilt is read as far as it makes sense")
    func spoilt() throws {
        // The encoded deletion holds all kinds of nesting that an answer has.
        let whole = ConntrackMessage.delete(try flow()).encoded(sequence: 1)
        #expect(Array(NetworkReplies(whole[...])).map(\.sequence) == [1])
        for length in whole.indices {
            #expect(Array(NetworkReplies(whole[..<length])).isEmpty)
            let body = whole[..<length].dropFirst(16)
            #expect(Flow(ctnetlink: body) == nil)
        }
        for index in whole.indices {
            for byte in [UInt8(0), 1, 3, 0x7f, 0xff] {
                var spoilt = whole
                spoilt[index] = byte
                for reply in NetworkReplies(spoilt[...]) {
                    guard case .data(let body) = reply.content else { continue }
                    #expect(Flow(ctnetlink: body) == nil)  // there is no reply's tuple
                    _ = InterfaceAddress(rtnetlink: body)
                    _ = ServiceRoute(rtnetlink: body)
                    _ = NetworkInterface(rtnetlink: body)
                }
            }
        }
    }

    @Test("an error, also one that no errno could be, ends the answer")
    func ends() {
        let header: [UInt8] = [20, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]
        for (code, expected) in [(Int32(0), Int32(0)), (-17, 17), (.min, .min)] {
            let replies = Array(NetworkReplies((header + nativeBytes(code))[...]))
            #expect(replies.count == 1)
            guard case .end(expected)? = replies.first?.content else {
                Issue.record("\(code) did not end the answer")
                continue
            }
        }
    }
}
