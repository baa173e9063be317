import TableSync
import Testing

@Suite("The health of a role that keeps tables")
struct SyncHealthTests {
    private let health = SyncHealth(stallTimeout: .seconds(60))
    private let now = ContinuousClock.now

    @Test("before the kernel has held everything once a role is not healthy")
    func beforeTheStart() {
        #expect(!health.isHealthy(at: now))
        health.update { $0.lastError = "could not commit the changes" }
        #expect(!health.isHealthy(at: now))
        health.update { $0.hasSynced = true }
        #expect(health.isHealthy(at: now))
    }

    @Test("changes may wait for less than the stall timeout")
    func stalled() {
        health.update {
            $0.hasSynced = true
            $0.waitingSince = now
        }
        #expect(health.isHealthy(at: now))
        #expect(health.isHealthy(at: now + .seconds(60) - .nanoseconds(1)))
        #expect(!health.isHealthy(at: now + .seconds(60)))
        health.update { $0.waitingSince = nil }
        #expect(health.isHealthy(at: now + .seconds(3600)))
    }

    @Test("an API that is away, and a refused Service, leave a proxy healthy")
    func steersOn() {
        health.update {
            $0.hasSynced = true
            $0.disconnected = "could not connect"
            $0.refused = ["default/web": "EINVAL"]
        }
        #expect(health.isHealthy(at: now + .seconds(3600)))
        #expect(health.state.disconnected == "could not connect")
    }
}
