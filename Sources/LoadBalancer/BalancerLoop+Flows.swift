import Addressing
import FoundationEssentials
import Logging
import Netfilter
import TableSync

/// What becomes of connections and clients when nodes leave.
extension BalancerLoop {
    /// Frees clients from nodes that are gone, and looks for them once more a little later.
    ///
    /// In this order: a repeated SYN finds its node in the tracked flows first, then in the
    /// affinity map, and only then among the backends. Clients that affinity ties to a drained
    /// node are freed as well, although its flows go on: their next connection is a new one.
    mutating func letGo(after report: WriteReport, of step: BalancerPlan.Step) async {
        let left = report.replaced.flatMap { StaleFlows.filters(from: $0.old, to: $0.new) }
        let stale = report.staleFlows + left
        let ending = ending(stale, after: step)
        if !stale.isEmpty { _ = await sweepAffinity(isLast: false) }
        await purge(ending)
        departures.note(ended: ending)
        looks.note(ending, at: clock.now)
        hands.purge.goOn(lookingFor: ending.map(onItsWay), after: report.replaced)
    }

    /// What a packet may still make of a flow that was ended, if it passed the rules before the
    /// commit: it is tracked only when it leaves the host.
    private func onItsWay(_ ended: FlowFilter) -> FlowFilter {
        var filter = ended
        filter.onlyUnanswered = ended.transport != .udp
        return filter
    }

    /// Ends the flows of targets that had left their frontends before they went down, now that the
    /// kernel holds the step.
    mutating func letGoOfDown(in work: BalancerInbox.Work) async {
        await purge(
            ending(departures.take(work.step, isComplete: work.isComplete), after: work.step))
    }

    /// What goes of removed backends' flows: nothing of one that is drained; of one that is down
    /// those that stand as well, whose clients would wait for it instead of connecting anew.
    private func ending(_ stale: [FlowFilter], after step: BalancerPlan.Step) -> [FlowFilter] {
        guard !stale.isEmpty else { return [] }
        let departures = step.departuresByPlace
        return stale.compactMap { stale in
            var filter = stale
            switch stale.backend.flatMap({ departures[.init(stale.transport, $0)] }) {
            case nil: break
            case .drained: return nil
            case .down: if !keepsEstablished { filter.onlyUnanswered = false }
            }
            return filter
        }
    }

    /// Counts what is left on drained nodes, and ends it where the deadline has come.
    mutating func attendDrains() async {
        guard drains.isDue(at: clock.now) else { return }
        let targets = await inbox.draining
        guard !targets.isEmpty || drains.hasAny else { return }
        do {
            let counts =
                targets.isEmpty ? [:] : try await hands.countFlows(targets.map(\.filter))
            let result = drains.take(counts, of: targets, at: .now)
            metrics.draining(counts.values.reduce(0, +))
            for target in result.drained {
                logger.notice("drained", metadata: ["target": "\(target)"])
            }
            for target in result.expired {
                logger.notice(
                    "the drain's deadline has come; the rest of its connections is ended",
                    metadata: ["target": "\(target)", "flows": "\(counts[target.socket] ?? 0)"])
            }
            await purge(result.expired.map(\.filter))
        } catch {
            logger.warning("flows could not be counted", metadata: ["error": "\(error)"])
        }
    }

    /// Looks once more for clients of nodes that are gone, when it is time to.
    mutating func lookForClients() async {
        guard let stale = looks.takeDue(at: clock.now) else { return }
        if await sweepAffinity(isLast: true) > 0 { await purge(stale) }
        looks.goOn(await hands.writer.awaitsAffinitySweep, at: clock.now)
    }

    /// Lets clients with affinity go; failing at it is said, and stops nothing.
    private func sweepAffinity(isLast: Bool) async -> Int {
        do throws(NetfilterError) {
            return try await hands.writer.sweepAffinity(isLast: isLast)
        } catch {
            logger.warning(
                "clients of removed nodes could not be let go", metadata: ["error": "\(error)"])
            return 0
        }
    }

    /// Deletes tracked flows; failing at it is said, and stops nothing.
    private func purge(_ filters: [FlowFilter]) async {
        guard !filters.isEmpty else { return }
        do {
            let count = try await hands.deleteFlows(filters)
            metrics.purged(count)
            if count > 0 { logger.info("flows deleted", metadata: ["count": "\(count)"]) }
        } catch {
            logger.warning(
                "tracked flows of removed nodes could not be deleted",
                metadata: ["error": "\(error)"])
        }
    }
}
