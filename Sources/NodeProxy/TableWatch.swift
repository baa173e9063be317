import APIClient
import Logging
import ServiceModel
import TableSync

/// Reads the kernel's tables back in the background, piece by piece, and has repaired what
/// differs from the plan.
struct TableWatch {
    /// From the end of one reading of everything to the next.
    static let roundInterval = Duration.seconds(60)
    /// Between two pieces at the least, so that a round is no burst.
    private static let piecePause = Duration.milliseconds(20)
    /// Services that are asked for in one piece.
    ///
    /// Their elements take some two milliseconds: on a busy host a change may have to wait so long
    /// for a processor.
    private static let servicesAtOnce = 50
    /// How often a piece is read that commits overtake, before the round is given up.
    private static let attempts = 20

    private let sweep: TableSweep
    private let writer: ForwardingWriter
    private let health: SyncHealth
    private let metrics: ProxyMetrics
    private let purge: FlowPurge
    private let logger: Logger

    init(_ parts: ProxyParts, _ sweep: TableSweep) {
        self.sweep = sweep
        writer = parts.writer
        health = parts.health
        metrics = parts.metrics
        purge = parts.purge
        logger = parts.logger
    }

    /// Reads round after round until the task is cancelled.
    func run() async {
        var pause = Duration.seconds(1)
        while (try? await Task.sleep(for: pause)) != nil {
            guard health.state.hasSynced else { continue }
            pause = Self.roundInterval
            do {
                guard try await readEverything() else {
                    pause = .seconds(5)
                    continue
                }
                let digest = await sweep.digest
                health.update { $0.readBack = .init(time: .now, digest: digest) }
                ProcessMemory.giveBackUnused()
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning(
                    "the tables could not be read back", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Reads all pieces; false if changes overtook the reading again and again.
    private func readEverything() async throws -> Bool {
        guard try await takePlan() else { return false }
        for place in 0..<(await sweep.pieceCount) {
            guard try await read({ try await sweep.read(place) }, takePlan) else { return false }
        }
        let services = await sweep.askedServices
        for start in stride(from: 0, to: services.count, by: Self.servicesAtOnce) {
            let some = services[start...].prefix(Self.servicesAtOnce)
            // The Services' own plan is taken anew each time.
            guard try await read({ try await read(some) }, { true }) else { return false }
        }
        return true
    }

    private func read(_ services: ArraySlice<ServiceIdentity>) async throws -> TableSweep.Outcome {
        guard let plan = await writer.plan(of: services) else { return .isOvertaken }
        return try await sweep.read(plan.entries, generation: plan.generation)
    }

    /// Reads a piece until it says something; false if commits overtake it again and again, or if
    /// there is no plan to go on with.
    private func read(
        _ piece: () async throws -> TableSweep.Outcome, _ renew: () async throws -> Bool
    ) async throws -> Bool {
        let clock = ContinuousClock()
        for _ in 0..<Self.attempts {
            let start = clock.now
            let outcome = try await piece()
            // Reading takes no more than a tenth of the time.
            try await Task.sleep(for: max(Self.piecePause, (clock.now - start) * 9))
            switch outcome {
            case .matches: return true
            case .differs:
                try await repair()
                guard try await renew() else { return false }
            case .isOvertaken:
                guard try await renew() else { return false }
            }
        }
        return false
    }

    /// Has the plan of this moment compared; false if it is not known what the kernel holds, which
    /// the proxy's own comparison finds out.
    private func takePlan() async throws -> Bool {
        guard let plan = await writer.plan() else { return false }
        await sweep.take(plan.table, generation: plan.generation)
        return true
    }

    private func repair() async throws {
        guard let comparison = try await writer.compare(always: true), comparison.repairCount > 0
        else { return }
        metrics.repaired(comparison)
        purge.audit()
        logger.warning(
            "the tables were not what was written; they are repaired",
            metadata: ["changes": "\(comparison.repairCount)"])
    }
}
