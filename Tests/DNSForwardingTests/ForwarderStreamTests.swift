import DNSMessage
import Testing

@testable import DNSForwarding

@Suite("Answers too large for UDP")
struct ForwarderStreamTests {
    private let big = question("big.example")
    private static let records = (0..<1_000).map { number in
        address("big.example", "192.0.\(number / 250).\(number % 250)")
    }

    /// An answer cut down to nothing over UDP, and as told over TCP.
    private static func truncating(
        _ stream: @escaping UpstreamScript.Manner
    ) -> UpstreamScript.Manner {
        { received in
            guard !received.isStream else { return stream(received) }
            var message = received.answer([])
            message.header.isTruncated = true
            return [.message(message)]
        }
    }

    @Test("a truncated answer is asked for over TCP, from the same server")
    func truncated() async throws {
        let upstream = try await TestUpstream(
            Self.truncating { [.message($0.answer(Self.records))] })
        let other = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([upstream, other]) { forwarder in
            #expect(await forwarder.resolve(big).answers == Self.records)
            #expect(upstream.received.map(\.isStream) == [false, true])
            #expect(other.received.isEmpty)
            #expect(forwarder.counters().servers[upstream.server]?.streamExchanges == 1)
        }
    }

    @Test("a connection that ends early is no answer, and the next server is asked")
    func closes() async throws {
        let bad = try await TestUpstream(Self.truncating { _ in [.close] })
        let good = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([bad, good]) { forwarder in
            #expect(await forwarder.resolve(big).answers.count == 1)
            #expect(forwarder.counters().servers[bad.server]?.failures == ["closed": 1])
        }
    }

    @Test("an answer still truncated over TCP is no answer")
    func truncatedTwice() async throws {
        let upstream = try await TestUpstream { received in
            var message = received.answer([])
            message.header.isTruncated = true
            return [.message(message)]
        }
        try await withForwarder([upstream]) { forwarder in
            #expect(await forwarder.resolve(big).failure == .noAnswer(.malformed))
            #expect(upstream.received.map(\.isStream) == [false, true])
        }
    }

    @Test("a message of no bytes on a connection is passed over")
    func empty() async throws {
        let upstream = try await TestUpstream(
            Self.truncating { [.bytes([]), .message($0.answer())] })
        try await withForwarder([upstream]) { forwarder in
            #expect(await forwarder.resolve(big).answers.count == 1)
        }
    }
}
