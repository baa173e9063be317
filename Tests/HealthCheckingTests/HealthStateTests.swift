import HealthChecking
import Testing

@Suite("health of one node")
struct HealthStateTests {
    @Test("a node takes traffic before its first check")
    func beforeFirstCheck() throws {
        let state = HealthState(policy: try HealthPolicy())
        #expect(state.condition == .unknown)
        #expect(state.takesTraffic)
    }

    @Test("one success settles an unknown node, whatever the rise")
    func firstSuccess() throws {
        var state = HealthState(policy: try HealthPolicy(rise: 5))
        #expect(state.succeeded() == .becameHealthy)
        #expect(state.condition == .healthy)
    }

    @Test("an unknown node keeps its traffic until `fall` checks have failed")
    func unknownFalls() throws {
        var state = HealthState(policy: try HealthPolicy(fall: 3))
        #expect(state.failed(.timedOut) == .none)
        #expect(state.failed(.timedOut) == .none)
        #expect(state.condition == .unknown && state.takesTraffic)
        #expect(state.failed(.refused) == .becameUnhealthy(.refused))
        #expect(state.condition == .unhealthy && !state.takesTraffic)
    }

    @Test("a success between failures starts the count of failures again")
    func successResets() throws {
        var state = HealthState(policy: try HealthPolicy(fall: 2))
        _ = state.succeeded()
        for _ in 0..<10 {
            #expect(state.failed(.timedOut) == .none)
            #expect(state.succeeded() == .none)
        }
        #expect(state.failed(.timedOut) == .none)
        #expect(state.failed(.status(503)) == .becameUnhealthy(.status(503)))
    }

    @Test("a failure between successes starts the count of successes again")
    func failureResets() throws {
        var state = try unhealthy(rise: 2)
        for _ in 0..<10 {
            #expect(state.succeeded() == .none)
            #expect(state.failed(.refused) == .none)
        }
        #expect(state.succeeded() == .none)
        #expect(!state.takesTraffic)
        #expect(state.succeeded() == .becameHealthy)
        #expect(state.takesTraffic)
    }

    @Test("an effect is told once")
    func toldOnce() throws {
        var state = try unhealthy(rise: 1)
        #expect(state.failed(.refused) == .none)
        #expect(state.succeeded() == .becameHealthy)
        #expect(state.succeeded() == .none)
    }

    @Test("with rise and fall of one every contrary result counts")
    func hairTrigger() throws {
        var state = HealthState(policy: try HealthPolicy(rise: 1, fall: 1))
        for _ in 0..<3 {
            #expect(state.failed(.closed) == .becameUnhealthy(.closed))
            #expect(state.succeeded() == .becameHealthy)
        }
    }

    @Test("reasons are told in words")
    func reasons() {
        #expect(CheckFailure.status(503).description == "HTTP status 503")
        #expect(CheckFailure.timedOut.description == "timed out")
        #expect(CheckFailure.notMade("no sockets").description == "check not made: no sockets")
    }

    @Test(
        "a node begins as its policy says, and so many results settle it",
        arguments: [
            (.fullyUp, true, 1, 3), (.up, true, 1, 1), (.down, false, 1, 1),
            (.fullyDown, false, 2, 1),
        ] as [(InitialHealth, Bool, Int, Int)])
    func initial(initial: InitialHealth, takesTraffic: Bool, successes: Int, failures: Int) throws {
        var policy = try HealthPolicy(rise: 2, fall: 3)
        policy.initial = initial
        let begin = HealthState(policy: policy)
        #expect(begin.takesTraffic == takesTraffic)
        var state = begin
        var count = 1
        while state.succeeded() != .becameHealthy { count += 1 }
        #expect(count == successes)
        state = begin
        count = 1
        while state.failed(.refused) == .none, state.takesTraffic { count += 1 }
        #expect(count == failures)
        #expect(!state.takesTraffic)
    }

    @Test("checks follow each other faster in doubt, and slower while a node is down")
    func intervals() throws {
        var policy = try HealthPolicy(interval: .seconds(2), rise: 2, fall: 2)
        policy.fastInterval = .milliseconds(500)
        policy.downInterval = .seconds(10)
        var state = HealthState(policy: policy)
        #expect(state.nextInterval == .seconds(2))
        _ = state.failed(.refused)
        #expect(state.nextInterval == .milliseconds(500))
        _ = state.failed(.refused)
        #expect(state.nextInterval == .seconds(10))
        _ = state.succeeded()
        #expect(state.nextInterval == .milliseconds(500))
        _ = state.succeeded()
        #expect(state.nextInterval == .seconds(2))
        #expect(HealthState(policy: .standard).nextInterval == .seconds(2))
    }

    private func unhealthy(rise: Int) throws -> HealthState {
        var state = HealthState(policy: try HealthPolicy(rise: rise, fall: 1))
        #expect(state.failed(.refused) == .becameUnhealthy(.refused))
        return state
    }
}
