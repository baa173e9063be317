import Testing

@testable import DNSForwarding

@Suite("Servers that fail")
struct ServerHealthTests {
    private let servers = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(server)

    @Test("servers are asked as configured while all work")
    func order() {
        let health = ServerHealth(avoidance: .seconds(10))
        #expect(health.order(servers, now: second(0)) == servers)
        #expect(!health.areAllDown(servers, now: second(0)))
    }

    @Test("a server that failed is asked last, until its time is over")
    func avoided() {
        var health = ServerHealth(avoidance: .seconds(10))
        _ = health.noteFailure(of: servers[0], now: second(0))
        let others = [servers[1], servers[2], servers[0]]
        #expect(health.order(servers, now: second(9)) == others)
        #expect(health.order(servers, now: second(10)) == servers)
    }

    @Test("of several that failed, the one that failed first is asked first")
    func severalAvoided() {
        var health = ServerHealth(avoidance: .seconds(10))
        _ = health.noteFailure(of: servers[1], now: second(0))
        _ = health.noteFailure(of: servers[0], now: second(1))
        #expect(
            health.order(servers, now: second(2)) == [servers[2], servers[1], servers[0]])
    }

    @Test("an answer makes up for every failure, and tells if the server was down")
    func answers() {
        var health = ServerHealth(avoidance: .seconds(10))
        var wasDown = [health.noteAnswer(of: servers[0])]
        var isDown = [health.noteFailure(of: servers[0], now: second(0))]
        wasDown.append(health.noteAnswer(of: servers[0]))
        #expect(health.order(servers, now: second(0)) == servers)
        for time in 1...3 as ClosedRange<Int64> {
            isDown.append(health.noteFailure(of: servers[0], now: second(time)))
        }
        #expect(health.consecutiveFailures(of: servers[0]) == 3)
        wasDown.append(health.noteAnswer(of: servers[0]))
        #expect(health.consecutiveFailures(of: servers[0]) == 0)
        #expect(isDown == [false, false, true, false])
        #expect(wasDown == [false, false, true])
    }

    @Test("all are down when each failed twice in a row, and only for a while")
    func allDown() {
        var health = ServerHealth(avoidance: .seconds(10))
        for server in servers { _ = health.noteFailure(of: server, now: second(0)) }
        #expect(!health.areAllDown(servers, now: second(1)))
        for server in servers { _ = health.noteFailure(of: server, now: second(2)) }
        #expect(health.areAllDown(servers, now: second(11)))
        #expect(!health.areAllDown(servers, now: second(12)))
        _ = health.noteAnswer(of: servers[2])
        #expect(!health.areAllDown(servers, now: second(3)))
    }
}
