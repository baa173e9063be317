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

    @Test("121: a first sync may take as long as it needs; later ones may not")
    func longFirstSync() {
        health.update { $0.waitingSince = now }
        let later = now + .seconds(3600)
        #expect(health.isAlive(at: later))
        #expect(health.isEligible(at: later))
        #expect(!health.isReady(at: later))
        health.update { $0.hasSynced = true }
        #expect(!health.isAlive(at: later))
        #expect(!health.isEligible(at: later))
        #expect(!health.isReady(at: later))
    }

    @Test("a node that is being deleted gets no more traffic, but its proxy lives")
    func nodeGoing() {
        health.update {
            $0.hasSynced = true
            $0.isNodeGoing = true
        }
        #expect(health.isAlive(at: now))
        #expect(!health.isEligible(at: now))
        #expect(!health.isReady(at: now))
        health.update { $0.isNodeGoing = false }
        #expect(health.isReady(at: now))
    }

    @Test("complete tables of a predecessor take traffic while no API answers")
    func adopted() {
        #expect(!health.isReady(at: now))
        health.update {
            $0.hasAdopted = true
            $0.disconnected = "could not connect"
        }
        #expect(health.isReady(at: now + .seconds(3600)))
        #expect(!health.isHealthy(at: now))
    }
}
