package import KubeAPI
import Synchronization

/// Follows all objects of one kind: lists, watches from the list's revision, and begins again
/// after whatever goes wrong.
///
/// It holds no more than the list it reads and one unfinished line; who wants the objects
/// later keeps them.
package struct ListWatch<Object: KubeObject>: Sendable {
    /// A watch that ends sooner, without an event, counts as a failed attempt: a server that
    /// closes every watch at once must not be asked without pause.
    private static var shortestGoodWatch: Duration { .seconds(1) }

    private let client: APIClient
    private let firstBackoff: Backoff

    /// Where the loop stands between two requests.
    private struct Progress {
        /// The revision to watch from; `nil` when only a list helps.
        var revision: String?
        var backoff: Backoff
        var random = SystemRandomNumberGenerator()
    }

    /// A loop over this client's server.
    package init(client: APIClient, backoff: Backoff = Backoff()) {
        self.client = client
        firstBackoff = backoff
    }

    /// Tells `receive` what happens, one change at a time, until the task is cancelled.
    package func run(
        _ receive: @escaping @Sendable (ObjectChange<Object>) async -> Void
    ) async {
        let connection = ConnectionReport(receive: receive)
        var progress = Progress(backoff: firstBackoff)
        while !Task.isCancelled {
            if let revision = progress.revision {
                await watch(from: revision, connection, &progress)
            } else {
                await list(connection, &progress)
            }
        }
    }

    private func list(
        _ connection: ConnectionReport<Object>, _ progress: inout Progress
    ) async {
        do throws(APIClientError) {
            let listing = try await ListReader<Object>(client: client).read()
            for object in listing.unreadable { await connection.receive(.unreadable(object)) }
            await connection.receive(.listed(listing.objects, revision: listing.revision))
            progress.revision = listing.revision
        } catch {
            await pause(after: error, connection, &progress)
        }
    }

    private func watch(
        from revision: String, _ connection: ConnectionReport<Object>,
        _ progress: inout Progress
    ) async {
        let start = ContinuousClock.now
        let end = await WatchReader(client: client, receive: connection.receive)
            .read(from: revision) { await connection.isUp() }
        progress.revision = end.revision
        let wasGood = end.eventCount > 0 || .now - start >= Self.shortestGoodWatch
        if wasGood { progress.backoff.reset() }
        if let failure = end.failure {
            // Other refusals than "too old", too, may be about the revision: list again.
            if failure.status != nil { progress.revision = nil }
            await pause(after: failure, connection, &progress)
        } else if !wasGood {
            try? await Task.sleep(for: progress.backoff.next(using: &progress.random))
        }
    }

    private func pause(
        after failure: APIClientError, _ connection: ConnectionReport<Object>,
        _ progress: inout Progress
    ) async {
        guard !Task.isCancelled else { return }
        await connection.isDown(failure)
        try? await Task.sleep(for: progress.backoff.next(using: &progress.random))
    }
}

/// Says `connected` only when that is news.
private final class ConnectionReport<Object: KubeObject>: Sendable {
    let receive: @Sendable (ObjectChange<Object>) async -> Void
    private let isConnected = Mutex(false)

    init(receive: @escaping @Sendable (ObjectChange<Object>) async -> Void) {
        self.receive = receive
    }

    func isUp() async {
        let isNews = isConnected.withLock { value in
            defer { value = true }
            return !value
        }
        if isNews { await receive(.connected) }
    }

    func isDown(_ failure: APIClientError) async {
        isConnected.withLock { $0 = false }
        await receive(.disconnected(failure))
    }
}
