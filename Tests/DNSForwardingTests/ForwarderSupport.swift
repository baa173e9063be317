import DNSMessage
import Logging
import Testing

@testable import DNSForwarding

/// Limits for servers that are silent on purpose: patient over all, not with each.
let shortAttempts = ForwardingLimits(
    attemptTimeout: .seconds(1), totalTimeout: .seconds(60), attempts: 100,
    avoidance: .seconds(600))

/// Limits under which no test waits for a silent server by mistake.
let patient = ForwardingLimits(
    attemptTimeout: .seconds(60), totalTimeout: .seconds(120), staleAnswerDelay: .seconds(120))

/// Does something with a forwarder that is shut down afterwards.
func withForwarder(
    _ upstreams: [TestUpstream], limits: ForwardingLimits = patient,
    cache: CacheLimits = CacheLimits(), stubDomains: [DomainName: [UpstreamServer]] = [:],
    _ body: (Forwarder) async throws -> Void
) async throws {
    let forwarder = Forwarder(
        ForwardingConfiguration(
            upstreams: upstreams.map(\.server), stubDomains: stubDomains, limits: limits,
            cache: cache),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(forwarder))
    } catch {
        result = .failure(error)
    }
    await forwarder.shutdown()
    for upstream in upstreams { try? await upstream.close() }
    try result.get()
}

/// Waits until something is so; the test fails if it never is.
func waitUntil(
    _ what: Comment, within limit: Duration = .seconds(90), _ isSo: () -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while !isSo() {
        try #require(ContinuousClock.now < end, what)
        try await Task.sleep(for: .milliseconds(2))
    }
}
