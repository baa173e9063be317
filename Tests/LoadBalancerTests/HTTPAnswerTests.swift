import HealthChecking
import Testing

@testable import LoadBalancer

@Suite("Reading the head of an HTTP answer")
struct HTTPAnswerTests {
    private func outcome(_ text: String, pieces size: Int = .max) -> Result<Int?, CheckFailure>? {
        var answer = HTTPAnswer()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            if let outcome = answer.take(rest.prefix(size)) { return outcome }
            rest = rest.dropFirst(size)
        }
        return nil
    }

    private func failure(_ text: String, pieces size: Int = .max) -> CheckFailure? {
        guard case .failure(let failure) = outcome(text, pieces: size) else { return nil }
        return failure
    }

    private func succeeds(_ text: String, pieces size: Int = .max) -> Bool {
        guard case .success = outcome(text, pieces: size) else { return false }
        return true
    }

    @Test("the status decides", arguments: [200, 204, 301, 399])
    func good(status: Int) {
        #expect(succeeds("HTTP/1.1 \(status) Fine\r\nContent-Length: 0\r\n\r\n"))
    }

    @Test("a status outside 200 to 399 is a failure", arguments: [400, 404, 500, 503, 599])
    func bad(status: Int) {
        #expect(failure("HTTP/1.1 \(status) No\r\n\r\nno") == .status(status))
    }

    @Test("pieces of any size read the same", arguments: 1...7)
    func pieces(size: Int) {
        #expect(succeeds("HTTP/1.0 200 OK\r\nServer: x\r\n\r\nok", pieces: size))
        #expect(failure("HTTP/1.1 503 No\r\n\r\n", pieces: size) == .status(503))
    }

    @Test("nothing is certain before the head's end")
    func unfinished() {
        #expect(outcome("HTTP/1.1 200 OK\r\nServer: x\r\n") == nil)
        #expect(outcome("HTTP/1.1 200 OK\r\n\r") == nil)
        #expect(outcome("") == nil)
    }

    @Test("lines may end without carriage return, and reasons be absent")
    func lenient() {
        #expect(succeeds("HTTP/1.1 200\n\n"))
        #expect(succeeds("HTTP/1.1 200 \r\n\r\n"))
    }

    @Test("an answer that announces another one is passed over")
    func informational() {
        #expect(succeeds("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
        #expect(outcome("HTTP/1.1 100 Continue\r\n\r\n") == nil)
    }

    @Test(
        "what is not HTTP is told from its first bytes",
        arguments: [
            "SSH-2.0-OpenSSH_9.2", "\u{15}\u{3}\u{1}", "HTTP/2 200\r\n\r\n", "http/1.1 200\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 099 Low\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 600 High\r\n\r\n", "\r\n\r\n",
        ])
    func malformed(text: String) {
        #expect(failure(text) == .malformedAnswer)
        #expect(failure(text, pieces: 1) == .malformedAnswer)
    }

    @Test("a head may have as many bytes as the limit, and no more")
    func limit() {
        let frame = "HTTP/1.1 200 OK\r\nX: \r\n\r\n"
        let room = HTTPAnswer.headLimit - frame.utf8.count
        func head(_ count: Int) -> String {
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: count) + "\r\n\r\n"
        }
        #expect(succeeds(head(room)))
        #expect(succeeds(head(room), pieces: 1_000))
        #expect(failure(head(room + 1)) == .malformedAnswer)
        #expect(failure(head(room + 1), pieces: 1_000) == .malformedAnswer)
    }

    private func read(_ wish: HTTPAnswer.Wish, _ text: String) -> Result<Int?, CheckFailure> {
        var answer = HTTPAnswer(wish)
        for byte in text.utf8 {
            if let outcome = answer.take([byte]) { return outcome }
        }
        return answer.end()
    }

    @Test("a wanted text may stand anywhere in the body, and only there")
    func body() {
        let wish = HTTPAnswer.Wish.body([200...200], Array("ready".utf8))
        #expect(read(wish, "HTTP/1.0 200 OK\r\n\r\nI am ready.") == .success(nil))
        #expect(
            read(wish, "HTTP/1.0 200 OK\r\nX: ready\r\n\r\nno") == .failure(.unexpectedAnswer))
        #expect(read(wish, "HTTP/1.0 204 No\r\n\r\nready") == .failure(.status(204)))
        let long = String(repeating: "x", count: HTTPAnswer.bodyLimit)
        #expect(
            read(wish, "HTTP/1.0 200 OK\r\n\r\n\(long)ready") == .failure(.unexpectedAnswer))
    }

    @Test(
        "a node's proxy tells its endpoints in a header, or in its JSON",
        arguments: [
            ("200 OK\r\nX-Load-Balancing-Endpoint-Weight: 3\r\n\r\n", .success(3)),
            ("200 OK\r\n\r\n{\"localEndpoints\": 2,\"x\":1}", .success(2)),
            ("503 No\r\n\r\n{\n\t\"localEndpoints\":0}", .success(0)),
            ("503 No\r\nx-load-balancing-endpoint-weight:0\r\n\r\n", .success(0)),
            (
                "503 No\r\nX-Load-Balancing-Endpoint-Weight: 2\r\n\r\n",
                .failure(.status(503))
            ),
            ("200 OK\r\n\r\nfine", .success(nil)),
        ] as [(String, Result<Int?, CheckFailure>)])
    func endpoints(text: String, expected: Result<Int?, CheckFailure>) {
        #expect(read(.endpointCount, "HTTP/1.0 " + text) == expected)
    }
}
