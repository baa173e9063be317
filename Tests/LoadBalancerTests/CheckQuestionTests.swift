import HealthChecking
import Testing

@testable import LoadBalancer

/// The server answers with what it was asked, and the check succeeds if that is in the answer.
@Suite("What an HTTP check asks, as the server hears it")
struct CheckQuestionTests {
    private func isAsked(
        _ expected: String, at host: String, _ change: (inout HTTPRequest) -> Void = { _ in }
    ) async throws -> Bool {
        let server = try await TestServer(.repeats("HTTP/1.0 200 OK\r\n\r\n"), at: host)
        var request = HTTPRequest(path: "/")
        change(&request)
        request.body = Array(expected.replacing("SOCKET", with: "\(server.socket)").utf8)
        let check = HealthCheck(
            server.socket, .http(request),
            policy: try HealthPolicy(interval: .seconds(60), timeout: .seconds(60)))
        let failure = try await check.firstOutcome().failure
        try await server.close()
        return failure == nil
    }

    @Test("method, path and host are those that were wanted", arguments: ["127.0.0.1", "::1"])
    func wanted(host: String) async throws {
        let line = "POST /ready?full=1 HTTP/1.0\r\nHost: shop.example\r\n"
        #expect(
            try await isAsked(line, at: host) {
                $0.method = "POST"
                $0.path = "/ready?full=1"
                $0.host = "shop.example"
            })
    }

    @Test("else GET, and the place itself is the host", arguments: ["127.0.0.1", "::1"])
    func byDefault(host: String) async throws {
        #expect(try await isAsked("GET / HTTP/1.0\r\nHost: SOCKET\r\n", at: host))
        #expect(try await isAsked("\r\nConnection: close\r\n", at: host))
        #expect(try await !isAsked("PUT /", at: host))
    }
}
