import Logging
import Netfilter
import TableSync

/// Whom the loop makes do things, and what is done about tracked flows beside it.
extension LoadBalancer {
    /// Carries out what the loop decides.
    func hands(_ prober: HealthProber) -> BalancerLoop.Hands {
        BalancerLoop.Hands(
            writer: writer,
            deleteFlows: { [cleaner] in try await cleaner.delete(anyOf: $0) },
            purge: flowPurge,
            countFlows: { [cleaner] in
                LiveFlows.byBackend(try await cleaner.flows(anyOf: $0))
            },
            changeChecks: { step in
                prober.change(
                    starting: Array(step.startedChecks), ending: Array(step.endedChecks))
            },
            holdAddresses: { [announcer] in await announcer.want($0) },
            tablesStand: { [blocklist] in await blocklist.tablesStand() })
    }

    /// What looks for flows that nobody should have any more.
    var purgeHands: FlowPurge.Hands {
        FlowPurge.Hands(
            delete: { [cleaner] filters in
                await purge { () async throws in try await cleaner.delete(anyOf: filters) }
            },
            audit: { [cleaner, writer, inbox] in
                await purge { () async throws in
                    let stale = await writer.staleFlows(among: try await cleaner.candidates())
                    let ending = LiveFlows.without(await inbox.draining, stale)
                    return try await cleaner.delete(ending).values.reduce(0, +)
                }
            })
    }

    /// Deletes tracked flows; failing at it is said, and stops nothing.
    private func purge(_ delete: () async throws -> Int) async -> Bool {
        do {
            let count = try await delete()
            metrics.purged(count)
            if count > 0 { logger.info("flows deleted", metadata: ["count": "\(count)"]) }
            return true
        } catch {
            guard !Task.isCancelled else { return false }
            logger.warning(
                "tracked flows could not be looked through; trying again",
                metadata: ["error": "\(error)"])
            return false
        }
    }
}
