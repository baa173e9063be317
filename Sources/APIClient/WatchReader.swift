import AsyncHTTPClient
import FoundationEssentials
import KubeAPI
import NIOCore

/// Where one watch came to its end.
struct WatchEnd: Sendable {
    /// The revision to go on from.
    let revision: String
    let eventCount: Int
    /// `nil` when the server ended the watch in good order, or was silent for so long that it
    /// is asked again.
    let failure: APIClientError?
}

/// Reads one watch from its first line to its last.
struct WatchReader<Object: KubeObject>: Sendable {
    let client: APIClient
    let receive: @Sendable (ObjectChange<Object>) async -> Void

    private var request: String { "GET \(Object.resource.path())?watch=true" }

    /// Watches from `revision`; `whenOpen` is called once the server has agreed.
    func read(
        from revision: String, whenOpen: @Sendable () async -> Void
    ) async -> WatchEnd {
        do throws(APIClientError) {
            let response = try await client.get(
                Object.resource.path(),
                query: [
                    (name: "watch", value: "true"),
                    (name: "resourceVersion", value: revision),
                    (name: "allowWatchBookmarks", value: "true"),
                    (name: "timeoutSeconds", value: String(client.limits.watchSeconds)),
                ])
            await whenOpen()
            let reader = BodyReader(
                request: request, firstWithin: client.limits.silenceTimeout,
                precision: client.limits.stallPrecision)
            let consumer = EventConsumer(
                request: request, limits: client.limits, revision: revision, receive: receive)
            let (end, failure) = await reader.read(response.body, into: consumer)
            let wasSilent = failure?.code == .stalled && !end.lines.hasUnfinishedLine
            return WatchEnd(
                revision: end.revision, eventCount: end.eventCount,
                failure: wasSilent ? nil : failure)
        } catch {
            return WatchEnd(revision: revision, eventCount: 0, failure: error)
        }
    }
}

/// Turns lines into changes and remembers how far it has come.
private struct EventConsumer<Object: KubeObject>: BodyConsumer {
    let request: String
    let limits: ClientLimits
    let receive: @Sendable (ObjectChange<Object>) async -> Void
    private(set) var lines: LineSplitter
    private(set) var revision: String
    private(set) var eventCount = 0

    init(
        request: String, limits: ClientLimits, revision: String,
        receive: @escaping @Sendable (ObjectChange<Object>) async -> Void
    ) {
        self.request = request
        self.limits = limits
        self.revision = revision
        self.receive = receive
        lines = LineSplitter(maximumBytes: limits.lineBytes)
    }

    mutating func take(_ piece: ByteBuffer) async throws(APIClientError) -> Duration {
        lines.append(piece)
        while let line = try nextLine() {
            let data = Data(line.readableBytesView)
            try await take(WatchLine<Object>(decoding: data, request: request))
            eventCount += 1
        }
        return lines.hasUnfinishedLine ? limits.stallTimeout : limits.silenceTimeout
    }

    private mutating func nextLine() throws(APIClientError) -> ByteBuffer? {
        do {
            return try lines.nextLine()
        } catch {
            throw APIClientError(
                .tooLarge, request: request,
                detail: "a watch event has more than \(error.maximumBytes) bytes")
        }
    }

    private mutating func take(_ line: WatchLine<Object>) async throws(APIClientError) {
        switch line {
        case .unreadable(let object, let newRevision):
            await receive(.unreadable(object))
            revision = newRevision ?? revision
        case .event(.added(let object)), .event(.modified(let object)):
            await receive(.upserted(object))
            revision = object.metadata.resourceVersion ?? revision
        case .event(.deleted(let object)):
            await receive(.deleted(object))
            revision = object.metadata.resourceVersion ?? revision
        case .event(.bookmark(let bookmark)):
            revision = bookmark.metadata.resourceVersion ?? revision
        case .event(.error(let status)):
            throw APIClientError(
                .refused, request: request, detail: status.message ?? "the watch failed",
                status: status)
        }
    }
}
