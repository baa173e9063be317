import LeaderElection
import Support
import Testing

@Suite("An election over random histories")
struct ElectionPropertyTests {
    private func timing() throws -> LeaseTiming {
        try LeaseTiming(
            duration: .seconds(5), renewDeadline: .seconds(3), retryPeriod: .milliseconds(500))
    }

    @Test(
        """
        never do two believe to be the holder, whatever is late, lost, stalled, killed or forgotten
        """, arguments: 0..<300 as Range<UInt64>)
    func oneHolder(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var weather = ElectionWorld.Weather()
        weather.lost = Int.random(in: 0...30, using: &random)
        weather.late = Int.random(in: 0...15, using: &random)
        weather.stalls = Int.random(in: 0...10, using: &random)
        weather.forgets = Int.random(in: 0...5, using: &random)
        weather.crashes = Int.random(in: 0...5, using: &random)
        var world = ElectionWorld(
            candidates: Int.random(in: 2...4, using: &random), timing: try timing(),
            weather: weather, seed: seed)
        for _ in 0..<3_000 {
            world.step()
            #expect(world.holders.count <= 1, "at \(world.now)")
        }
        #expect(world.handovers > 0)
    }

    @Test(
        "the Lease of a holder that has died is another's soon after its duration",
        arguments: 0..<50 as Range<UInt64>)
    func takesOver(seed: UInt64) throws {
        var world = try calm(seed: seed)
        let dead = try #require(world.holders.first)
        world.gone = [dead]
        let died = world.now
        while world.holders.isEmpty, world.now < died + .seconds(60) { world.step() }
        // The duration by the slowest clock, an attempt, and two answers.
        #expect(world.now - died < .milliseconds(5_900))
        #expect(world.holders.first != dead)
        #expect(world.election(of: try #require(world.holders.first)).record?.transitions == 1)
    }

    @Test(
        "a Lease that is given up is another's with the next look",
        arguments: 0..<50 as Range<UInt64>)
    func handsOver(seed: UInt64) throws {
        var world = try calm(seed: seed)
        let first = try #require(world.holders.first)
        world.end(first)
        let ended = world.now
        #expect(world.holders.isEmpty)
        while world.holders.isEmpty, world.now < ended + .seconds(60) { world.step() }
        #expect(world.now - ended < .milliseconds(800))
        #expect(world.holders.first != first)
    }

    @Test("in a calm world one keeps the Lease", arguments: 0..<20 as Range<UInt64>)
    func keeps(seed: UInt64) throws {
        var world = try calm(seed: seed)
        for _ in 0..<2_000 { world.step() }
        #expect(world.handovers == 1)
        #expect(world.holders.count == 1)
    }

    /// A world without loss in which somebody holds the Lease.
    private func calm(seed: UInt64) throws -> ElectionWorld {
        let weather = ElectionWorld.Weather(
            lost: 0, late: 0, stalls: 0, crashes: 0, releases: 0, forgets: 0, unready: 0)
        var world = ElectionWorld(
            candidates: 3, timing: try timing(), weather: weather, seed: seed)
        while world.holders.isEmpty, world.now < .seconds(60) { world.step() }
        #expect(world.now > .seconds(4))
        for _ in 0..<50 { world.step() }
        return world
    }
}
