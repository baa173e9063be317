import HealthChecking
import Support
import Testing

/// Random histories against what the documentation says, computed from the whole history.
@Suite("health over random histories")
struct HealthStatePropertyTests {
    @Test(
        "the condition is what the runs of equal results say", arguments: 0..<200 as Range<UInt64>)
    func followsRuns(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let policy = try policy(using: &random)
        var state = HealthState(policy: policy)
        var expected = HealthState.Condition.unknown
        for run in runs(of: history(using: &random)) {
            let effect = apply(run, to: &state)
            let before = expected
            if run.success {
                let enough = expected == .unhealthy ? policy.rise : 1
                if run.length >= enough { expected = .healthy }
            } else if run.length >= policy.fall {
                expected = .unhealthy
            }
            #expect(state.condition == expected)
            #expect(state.takesTraffic == (expected != .unhealthy))
            #expect((effect != .none) == (before != expected))
        }
    }

    @Test(
        "effects alternate, and alone turn the traffic on and off",
        arguments: 0..<100 as Range<UInt64>)
    func effectsAlternate(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var state = HealthState(policy: try policy(using: &random))
        var takesTraffic = true
        var lastEffect = HealthState.Effect.none
        for run in runs(of: history(using: &random)) {
            switch apply(run, to: &state) {
            case .none: break
            case .becameHealthy:
                #expect(lastEffect != .becameHealthy)
                takesTraffic = true
                lastEffect = .becameHealthy
            case .becameUnhealthy(let reason):
                #expect(lastEffect == .none || lastEffect == .becameHealthy)
                #expect(reason == .status(run.length))
                takesTraffic = false
                lastEffect = .becameUnhealthy(reason)
            }
            #expect(state.takesTraffic == takesTraffic)
        }
    }

    /// A result, and how many equal ones in a row it ends.
    private struct Run {
        let success: Bool
        let length: Int
    }

    private func runs(of history: [Bool]) -> [Run] {
        var runs: [Run] = []
        for success in history {
            let length = runs.last?.success == success ? (runs.last?.length ?? 0) + 1 : 1
            runs.append(Run(success: success, length: length))
        }
        return runs
    }

    /// The reason of each failure names its place in the run, so that a wrong one shows.
    private func apply(_ run: Run, to state: inout HealthState) -> HealthState.Effect {
        run.success ? state.succeeded() : state.failed(.status(run.length))
    }

    private func policy(using random: inout SplitMix) throws -> HealthPolicy {
        try HealthPolicy(
            rise: .random(in: 1...4, using: &random), fall: .random(in: 1...4, using: &random))
    }

    /// Results that tend to repeat, so that long runs are as common as short ones.
    private func history(using random: inout SplitMix) -> [Bool] {
        var success = Bool.random(using: &random)
        return (0..<200).map { _ in
            if Int.random(in: 0..<3, using: &random) == 0 { success.toggle() }
            return success
        }
    }
}
