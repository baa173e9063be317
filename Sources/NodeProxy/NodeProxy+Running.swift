import APIClient
import Forwarding
import HostJournal
import KubeAPI
import Logging
import Netfilter
import ServiceLifecycle
import StateFiles
import TableSync

/// The proxy's tasks: what arrives, what is written, and what looks after the kernel beside it.
extension NodeProxy {
    func keepTables() async throws {
        let (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let inbox = makeInbox(signal)
        let hands = try makeHands(inbox)
        let counter = try makeCounter()
        let watch = try makeWatch()
        let sweep = try TableSweep()
        var loop = SyncLoop(parts, inbox: inbox)
        let addresses = try makeAddressWatch()
        await parts.host.allowForwarding()
        async let purging: Void = parts.purge.run(hands)
        await withTaskGroup(of: Void.self) { group in
            addWatches(to: &group, inbox)
            if let addresses {
                group.addTask { await addresses.follow { await inbox.take(hostAddresses: $0) } }
            }
            group.addTask { [parts] in await TableWatch(parts, sweep).run() }
            group.addTask { await adoptTables() }
            if let healthFile {
                group.addTask { [board, parts] in
                    var keeper = StateKeeper(
                        healthFile, changes: board.recordChanges, logger: parts.logger
                    ) { board.record }
                    await keeper.run()
                }
            }
            if let counter {
                group.addTask { [connections] in
                    await connections.run { await countConnections(with: counter) }
                }
            }
            if let watch {
                group.addTask { [parts] in
                    await ForeignEditListener(watch: watch, parts: parts, signal: signal).run()
                }
            }
            group.addTask { [configuration] in
                while (try? await Task.sleep(for: configuration.compareInterval)) != nil {
                    signal.yield()
                }
            }
            for await _ in signals.cancelOnGracefulShutdown() { await loop.turn() }
            group.cancelAll()
        }
        parts.purge.end()
        await purging
    }

    /// Only chosen addresses have to be followed: the first one is the Node object's.
    private func makeAddressWatch() throws -> HostAddressWatch? {
        guard configuration.nodePortAddresses.dependOnHost else { return nil }
        return try HostAddressWatch(logger: parts.logger)
    }

    private func addWatches(to group: inout TaskGroup<Void>, _ inbox: ProxyInbox) {
        group.addTask { [client] in
            await client.watch(ServiceObject.self) { await inbox.take(services: $0) }
        }
        group.addTask { [client] in
            await client.watch(EndpointSliceObject.self) { await inbox.take(slices: $0) }
        }
        group.addTask { [client] in
            await client.watch(NodeObject.self) { await inbox.take(nodes: $0) }
        }
    }

    private var healthFile: JSONFile<ServiceHealthBoard.Record>? {
        configuration.healthFile.map { JSONFile(path: $0) }
    }

    /// Sees, while no API answers, whether a predecessor left complete tables: they go on.
    private func adoptTables() async {
        guard (try? await Task.sleep(for: configuration.adoptionDelay)) != nil,
            !parts.health.state.hasSynced, await journal.hasCompleteTables
        else { return }
        do {
            guard try await parts.writer.holdsTables() else { return }
            parts.health.update { $0.hasAdopted = true }
            if let record = healthFile?.read() { board.resume(record) }
            parts.logger.notice(
                "no API yet; the complete tables of an earlier run go on until one answers")
        } catch {
            parts.logger.warning(
                "an earlier run's tables could not be read", metadata: ["error": "\(error)"])
        }
    }

    /// Nil for owned tables, which nobody else can change.
    private func makeWatch() throws -> ForeignEditWatch? {
        guard !configuration.ownsTables else { return nil }
        return try ForeignEditWatch(tables: NodePlan(configuration).layout.tables)
    }

    private func makeCounter() throws -> ConnectionCounter? {
        guard configuration.countsConnections else { return nil }
        return try ConnectionCounter(layout: NodePlan(configuration).layout)
    }

    private func makeHands(_ inbox: ProxyInbox) throws -> FlowPurge.Hands {
        let cleaner = try FlowCleaner()
        return FlowPurge.Hands(
            delete: { filters in
                await purgeFlows { () async throws in
                    try await cleaner.deleteByReason(anyOf: filters)
                }
            },
            audit: { [parts, journal] in
                await purgeFlows { () async throws in
                    let flows = try await cleaner.candidates()
                    let formerly = await inbox.notServedByOthers(journal.datagramFrontends)
                    let stale = await parts.writer.staleFlows(
                        among: flows, others: await inbox.othersClusterIPs, formerly: formerly)
                    return try await cleaner.delete(stale)
                }
            })
    }

    /// Deletes tracked flows; failing at it is said, and stops nothing.
    private func purgeFlows(
        _ delete: () async throws -> [FlowDeletionReason: Int]
    ) async -> Bool {
        do {
            let counts = try await delete()
            parts.metrics.purged(counts)
            for (reason, count) in counts {
                parts.logger.debug(
                    "flows deleted", metadata: ["count": "\(count)", "reason": "\(reason)"])
            }
            return true
        } catch {
            guard !Task.isCancelled else { return false }
            parts.logger.warning(
                "tracked flows of removed endpoints could not be deleted; trying again",
                metadata: ["error": "\(error)"])
            return false
        }
    }

    /// The new connections of each frontend and backend; nil if the kernel cannot be read.
    private func countConnections(with counter: ConnectionCounter) async -> String? {
        let backendCount = await parts.writer.backendCount
        do {
            let totals = try await counter.read(backendCount: backendCount)
            let isTooMuch = backendCount > ConnectionCounter.maximumBackends
            return ConnectionText.text(of: totals, leftOut: isTooMuch ? backendCount : 0)
        } catch {
            parts.logger.debug("connections could not be counted", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func makeInbox(_ signal: AsyncStream<Void>.Continuation) -> ProxyInbox {
        ProxyInbox(
            plan: NodePlan(configuration), signal: signal,
            problems: { [parts] in parts.logger.warning("left out", metadata: ["problem": "\($0)"])
            },
            nodeGoing: { [parts] isGoing in parts.note(isNodeGoing: isGoing) },
            connection: { [parts] error in
                let (health, logger) = (parts.health, parts.logger)
                let before = health.state.disconnected
                health.update { $0.disconnected = error?.description }
                parts.metrics.connected(error == nil)
                if let error, before == nil {
                    logger.warning(
                        "the API is away; the kernel keeps the last state",
                        metadata: ["error": "\(error)"])
                } else if error == nil, before != nil {
                    logger.notice("the API is back")
                }
            })
    }
}
