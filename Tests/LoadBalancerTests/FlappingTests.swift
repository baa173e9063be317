import APIClient
import HealthChecking
import Support
import Testing

@testable import LoadBalancer

@Suite("Checks whose results come and go")
struct FlappingTests {
    /// A balancer of one Service on three nodes: three failures in a row are a death, two
    /// successes a recovery.
    private func started() async throws -> MemoryBalancer {
        let balancer = await MemoryBalancer.strict(policy: policy(fall: 3))
        _ = balancer.deeds.take()
        return balancer
    }

    /// Tells one result of node2, has the balancer do what follows, and says whether it wrote.
    private func writes(_ balancer: MemoryBalancer, afterSuccess isGood: Bool) async -> Bool {
        balancer.tell(isGood ? nil : .timedOut, of: nodeCheck(2, fall: 3), times: 1)
        await balancer.loop.turn()
        return balancer.deeds.take().contains { if case .wrote = $0 { true } else { false } }
    }

    @Test("10,000 results that never come three or two in a row leave the tables alone")
    func belowThresholds() async throws {
        let balancer = try await started()
        for number in 0..<10_000 {
            let hasWritten = await writes(balancer, afterSuccess: number.isMultiple(of: 3))
            #expect(!hasWritten)
        }
        #expect(balancer.board.records.count == 3)
    }

    @Test(
        "10,000 results by chance change the tables exactly when a threshold is crossed",
        arguments: 1...3 as ClosedRange<UInt64>)
    func byChance(seed: UInt64) async throws {
        let balancer = try await started()
        var random = SplitMix(seed: seed)
        var (isUp, inRow, crossings) = (true, 0, 0)
        for _ in 0..<10_000 {
            let isGood = random.chance(50)
            inRow = isGood == isUp ? 0 : inRow + 1
            let isCrossing = inRow == (isUp ? 3 : 2)
            if isCrossing {
                (isUp, inRow) = (!isUp, 0)
                crossings += 1
            }
            let hasWritten = await writes(balancer, afterSuccess: isGood)
            #expect(hasWritten == isCrossing)
        }
        #expect(crossings > 500)
        #expect(balancer.board.records.count == 3)
        #expect(balancer.board.records[nodeCheck(2, fall: 3)]?.outcomeCount == 10_000)
    }
}
