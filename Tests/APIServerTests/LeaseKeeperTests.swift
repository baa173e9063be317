import APIClient
import KubeAPI
import LeaderElection
import Logging
import Support
import Synchronization
import Testing

@testable import LoadBalancer

@Suite("Keeping a Lease, with the API's server", .timeLimit(.minutes(2)))
struct LeaseKeeperTests {
    /// Says at first that it is ready, and after that nothing any more.
    private final class Readiness: Sendable {
        private let wasAsked = Mutex(false)

        func answer() async -> Bool {
            let isFirst = wasAsked.withLock { wasAsked in
                defer { wasAsked = true }
                return !wasAsked
            }
            if !isFirst { try? await Task.sleep(for: .seconds(3_600)) }
            return isFirst
        }
    }

    /// What a balancer leaves that gave its Lease up.
    private var givenUp: LeaseObject {
        var lease = LeaseObject(metadata: ObjectMeta(name: "pair", namespace: "kube-system"))
        lease.spec.leaseDurationSeconds = 1
        lease.spec.renewTime = "2026-01-31T12:00:00.000250Z"
        return lease
    }

    @Test("a holder renews it although nobody says whether it is ready")
    func renews() async throws {
        let timing = try LeaseTiming(
            duration: .seconds(62), renewDeadline: .seconds(60), retryPeriod: .milliseconds(100))
        let seat = LeaseSeat(
            namespace: "kube-system", name: "pair", identity: "one", timing: timing)
        try await RunningServer.with { server in
            // Nobody has to wait for the end of such a one.
            try await server.withClient { _ = try await $0.create(givenUp) }
            let term = LeaseTerm()
            let readiness = Readiness()
            let keeper = LeaseKeeper(
                seat, term: term, target: try APITarget(url: server.url),
                metrics: LeaseMetrics(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { await readiness.answer() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                defer { group.cancelAll() }
                try await eventually("it is held") { term.lasts(at: .now) }
                let first = term.window(at: .now)
                try await eventually("it is renewed") {
                    let window = term.window(at: .now)
                    return window != nil && window != first
                }
            }
            await keeper.stop(releasing: false)
        }
    }
}
