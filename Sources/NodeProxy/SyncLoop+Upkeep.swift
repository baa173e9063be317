import Logging
import Netfilter
import TableSync

/// Looking after the kernel between changes.
extension SyncLoop {
    /// Lets clients go whose endpoint is gone; failing at it is said, and stops nothing.
    func sweepAffinity(isLast: Bool) async {
        do {
            let count = try await writer.sweepAffinity(isLast: isLast)
            if count > 0 { logger.debug("clients let go", metadata: ["count": "\(count)"]) }
        } catch {
            logger.warning(
                "clients of removed endpoints could not be let go", metadata: ["error": "\(error)"])
        }
    }

    /// Removes chains that no Service needs any more; failing at it is said, and stops nothing.
    private func sweepIdleChains() async {
        do {
            _ = try await writer.sweepIdleChains()
        } catch {
            logger.warning("idle chains could not be removed", metadata: ["error": "\(error)"])
        }
    }

    /// Sees whether somebody else changed our tables, or took the service route away.
    mutating func lookAfterKernel() async {
        let now = clock.now
        guard health.state.hasSynced else { return }
        let refused = refusals.takeDue(at: now)
        if !refused.isEmpty { await inbox.tryAgain(refused) }
        if let due = nextAffinitySweep, now >= due {
            await sweepAffinity(isLast: true)
            let isOver = await !writer.awaitsAffinitySweep
            nextAffinitySweep = isOver ? nil : clock.now + Self.affinitySweepDelay
        }
        if now >= nextRouteCheck {
            nextRouteCheck = now + Self.routeInterval
            await host.note(
                datagramFrontends: datagramFrontends.places, haveFlowsGone: purge.isIdle)
            await host.ensureServiceRoutes(nodeAddresses: nodeAddresses)
            await sweepIdleChains()
            metrics.shadowed(await portGuard.look(after: duties.nodePorts, at: nodePortAddresses))
        }
        await compareIfDue(now)
    }

    /// Compares the tables with the plan: at once when somebody is heard to have changed them,
    /// else now and then; and not while somebody puts his changes back again and again.
    private mutating func compareIfDue(_ now: ContinuousClock.Instant) async {
        let due = foreignEdits.isEmpty ? nextComparison : earliestComparison
        guard now >= due, pace.allowsRepair(at: now) else { return }
        let edits = foreignEdits.take()
        do {
            if let comparison = try await writer.compare(), comparison.repairCount > 0 {
                // The generation may have told of the change before the kernel named its author.
                note(
                    comparison, after: edits.isEmpty ? foreignEdits.take() : edits, began: now)
            }
            // Reading a large table back takes long: never more than a tenth of the time.
            earliestComparison = clock.now + (clock.now - now) * 9
            let pause =
                configuration.ownsTables
                ? configuration.ownedCompareInterval : configuration.compareInterval / 2
            nextComparison = max(earliestComparison, clock.now + pause)
        } catch {
            metrics.failed()
            nextComparison = clock.now + Self.retryInterval
            earliestComparison = nextComparison
            logger.error("the tables could not be compared", metadata: ["error": "\(error)"])
        }
    }

    private mutating func note(
        _ comparison: KernelComparison, after edits: [RulesetEdit],
        began: ContinuousClock.Instant
    ) {
        metrics.repaired(comparison)
        purge.audit()
        let authors = Set(edits.map(\.author)).sorted().prefix(3).joined(separator: ", ")
        logger.warning(
            "somebody else changed our tables; they are repaired",
            metadata: [
                "changes": "\(comparison.repairCount)",
                "seconds": "\((clock.now - began).seconds)",
                "by": "\(authors.isEmpty ? "unknown" : authors)",
            ])
        let process = edits.last?.processName
        guard let delay = pace.repaired(after: process, at: clock.now) else { return }
        logger.error(
            """
            our tables are changed again and again; repairs are put off, longer each time, and \
            traffic may go wrong in between: find out who does it, or use --table-owner auto
            """,
            metadata: ["by": "\(process ?? "unknown")", "seconds": "\(delay.seconds)"])
    }
}
