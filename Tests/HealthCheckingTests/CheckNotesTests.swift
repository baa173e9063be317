import HealthChecking
import Testing

@Suite("A Service's own check, from its annotations")
struct CheckNotesTests {
    private func read(_ notes: [String: String]) throws -> CheckNotes {
        CheckNotes(
            notes, default: try CheckDefinition("http:10256/healthz"),
            policy: try HealthPolicy(interval: .seconds(5), timeout: .seconds(1)))
    }

    @Test("without annotations all is as by default")
    func nothing() throws {
        let notes = try read(["balancer-drain": "node1"])
        #expect(notes.definition == (try CheckDefinition("http:10256/healthz")))
        #expect(notes.policy.interval == .seconds(5))
        #expect(!notes.isOwn && notes.problems.isEmpty)
    }

    @Test("every setting of an HTTP check is read")
    func http() throws {
        let notes = try read([
            "check": "https:8443/ready", "check-method": "HEAD", "check-host": "shop.example",
            "check-status": "200-204,404", "check-body": "fine", "check-tls-verify": "on",
        ])
        var http = HTTPRequest(path: "/ready", security: .verified)
        http.method = "HEAD"
        http.host = "shop.example"
        http.statuses = [200...204, 404...404]
        http.body = Array("fine".utf8)
        #expect(notes.definition.request == .http(http))
        #expect(notes.isOwn && notes.problems.isEmpty)
    }

    @Test("the other kinds have settings of their own")
    func others() throws {
        let udp = try read(["check": "udp", "check-send": "ping", "check-expect": "pong"])
        #expect(
            udp.definition.request
                == .datagram(send: Array("ping".utf8), expect: Array("pong".utf8)))
        let grpc = try read(["check": "grpc:50051/cart", "check-tls-verify": "off"])
        #expect(grpc.definition.request == .grpc(service: "cart", security: .unverified))
    }

    @Test("the pace is read, and a timeout that is not given follows the interval")
    func pace() throws {
        let notes = try read([
            "check-interval": "200ms", "check-rise": "1", "check-fall": "5",
            "check-fast-interval": "50ms", "check-down-interval": "1m", "check-initial": "down",
        ])
        #expect(notes.policy.interval == .milliseconds(200))
        #expect(notes.policy.timeout == .milliseconds(200))
        #expect(notes.policy.rise == 1 && notes.policy.fall == 5)
        #expect(notes.policy.fastInterval == .milliseconds(50))
        #expect(notes.policy.downInterval == .seconds(60))
        #expect(notes.policy.initial == .down)
        #expect(!notes.isOwn && notes.problems.isEmpty)
    }

    @Test(
        "what cannot be read is told by name, and the default is used",
        arguments: [
            ("check", "ftp:21/"), ("check-interval", "1ms"), ("check-interval", "soon"),
            ("check-timeout", "0s"), ("check-rise", "0"), ("check-fall", "many"),
            ("check-initial", "UP"), ("check-method", "get"), ("check-host", "a b"),
            ("check-status", "100"), ("check-status", "200-"), ("check-status", ""),
            ("check-body", ""), ("check-tls-verify", "maybe"), ("check-colour", "red"),
        ])
    func bad(name: String, text: String) throws {
        let notes = try read([name: text])
        #expect(notes.definition == (try CheckDefinition("http:10256/healthz")))
        #expect(notes.policy == (try HealthPolicy(interval: .seconds(5), timeout: .seconds(1))))
        let problem = try #require(notes.problems.first)
        #expect(problem.name == "sluice.io/\(name)")
        #expect(notes.problems.count == 1)
        #expect(problem.description.hasSuffix("the default is used"))
    }

    @Test("one bad setting leaves the others in force")
    func partly() throws {
        let notes = try read(["check": "http/ready", "check-rise": "x", "check-fall": "7"])
        #expect(notes.definition == (try CheckDefinition("http/ready")))
        #expect(notes.policy.fall == 7)
        #expect(notes.problems.map(\.name) == ["sluice.io/check-rise"])
    }
}
