import HealthChecking
import Testing

@Suite("health policies")
struct HealthPolicyTests {
    @Test("the defaults are every 2 s, two up, three down")
    func defaults() throws {
        let policy = try HealthPolicy()
        #expect(policy.interval == .seconds(2))
        #expect(policy.timeout == .seconds(2))
        #expect(policy.rise == 2)
        #expect(policy.fall == 3)
    }

    @Test("the timeout is the interval unless given")
    func timeout() throws {
        #expect(try HealthPolicy(interval: .milliseconds(200)).timeout == .milliseconds(200))
        let given = try HealthPolicy(interval: .milliseconds(200), timeout: .milliseconds(50))
        #expect(given.timeout == .milliseconds(50))
    }

    @Test("durations are longer than zero", arguments: [Duration.zero, .milliseconds(-1)])
    func durations(duration: Duration) throws {
        #expect(throws: HealthPolicyError(code: .interval)) {
            try HealthPolicy(interval: duration)
        }
        #expect(throws: HealthPolicyError(code: .timeout)) {
            try HealthPolicy(timeout: duration)
        }
        #expect(try HealthPolicy(interval: .nanoseconds(1)).timeout == .nanoseconds(1))
    }

    @Test("counts are at least one", arguments: [0, -1, Int.min])
    func counts(count: Int) throws {
        #expect(throws: HealthPolicyError(code: .rise)) { try HealthPolicy(rise: count) }
        #expect(throws: HealthPolicyError(code: .fall)) { try HealthPolicy(fall: count) }
        #expect(try HealthPolicy(rise: 1, fall: 1).fall == 1)
    }

    @Test("an error names the setting")
    func errorText() {
        #expect(HealthPolicyError(code: .rise).description == "rise must be at least 1")
        #expect(
            HealthPolicyError(code: .timeout).description
                == "the check's timeout must be longer than zero")
    }
}
