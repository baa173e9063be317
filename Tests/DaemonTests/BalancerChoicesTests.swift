import LoadBalancer
import Testing

@testable import Daemon

@Suite("How a balancer makes up its mind, by flags")
struct BalancerChoicesTests {
    private func timeWait(_ text: String) throws -> TimeWait {
        try BalancerChoices(
            dataPlane: "masquerade", directReturnSlots: "4093", balancing: "random",
            panicThreshold: "50", cordoned: "use", onDown: "purge", slowStart: "0",
            timeWait: text, checkFastInterval: nil, checkDownInterval: nil, checkInitial: "up",
            checkCommands: "/etc/sluice/checks"
        ).timeWait
    }

    @Test(
        "how long closed connections are remembered",
        arguments: [
            ("auto", TimeWait.paced), ("keep", .kept), ("10s", .atMost(seconds: 10)),
            ("2m", .atMost(seconds: 120)),
        ])
    func times(text: String, expected: TimeWait) throws {
        #expect(try timeWait(text) == expected)
    }

    @Test("no such time, and what to write instead", arguments: ["1500ms", "0s", "", "long", "10"])
    func noTimes(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try timeWait(text) }
        #expect(error.map { "\($0)".contains("--time-wait") } == true)
    }
}
