import AsyncHTTPClient
import FoundationEssentials
import KubeAPI
import NIOCore

/// All objects of a kind at one revision.
struct Listing<Object: KubeObject>: Sendable {
    var objects: [Object] = []
    var unreadable: [UnreadableObject] = []
    var revision = ""
}

/// Reads a list page by page; while one page is decoded the next is on its way.
struct ListReader<Object: KubeObject>: Sendable {
    let client: APIClient
    /// Only objects of this namespace; nil: all.
    var namespace: String?

    private var path: String {
        Object.resource.path(namespace: namespace.map(APIClient.percentEncoded))
    }

    private var request: String { "GET \(path)" }

    /// Reads until the last page; an error in any page fails the whole.
    func read() async throws(APIClientError) -> Listing<Object> {
        do {
            return try await withThrowingTaskGroup(of: (Int, DecodedPage<Object>).self) { group in
                var pages: [Int: DecodedPage<Object>] = [:]
                var revision = ""
                var token: String?
                var index = 0
                repeat {
                    let bytes = try await fetch(continue: token)
                    let head = try PageHead(of: bytes, request: request)
                    if index == 0 { revision = head.revision }
                    token = head.continue
                    if index - pages.count >= client.limits.pagesInFlight,
                        let (done, page) = try await group.next()
                    {
                        pages[done] = page
                    }
                    group.addTask { [index] in
                        (index, try DecodedPage(decoding: bytes, request: request))
                    }
                    index += 1
                } while token != nil
                for try await (done, page) in group { pages[done] = page }
                return joined(pages, revision: revision)
            }
        } catch {
            throw APIClient.failure(error, request: request)
        }
    }

    private func joined(_ pages: [Int: DecodedPage<Object>], revision: String) -> Listing<Object> {
        var listing = Listing<Object>(revision: revision)
        for (_, page) in pages.sorted(by: { $0.key < $1.key }) {
            listing.objects += page.objects
            listing.unreadable += page.unreadable
        }
        return listing
    }

    private func fetch(continue token: String?) async throws(APIClientError) -> Data {
        var query = [(name: "limit", value: String(client.limits.pageItems))]
        if let token { query.append((name: "continue", value: token)) }
        return try await client.wholeBody(of: path, query: query, name: request)
    }
}

extension APIClient {
    /// The body of an answer, if it comes without long pauses and is no larger than a page.
    func wholeBody(
        of path: String, query: [(name: String, value: String)] = [], name request: String
    ) async throws(APIClientError) -> Data {
        try await wholeBody(of: try await get(path, query: query), name: request)
    }

    /// The same of an answer that has begun.
    func wholeBody(
        of response: HTTPClientResponse, name request: String
    ) async throws(APIClientError) -> Data {
        let reader = BodyReader(
            request: request, firstWithin: limits.stallTimeout, precision: limits.stallPrecision)
        let collector = PageCollector(
            request: request, maximumBytes: limits.pageBytes, allowance: limits.stallTimeout)
        let (page, failure) = await reader.read(response.body, into: collector)
        if let failure { throw failure }
        return Data(page.bytes.readableBytesView)
    }
}

/// Puts the pieces of a page together.
private struct PageCollector: BodyConsumer {
    let request: String
    let maximumBytes: Int
    let allowance: Duration
    var bytes = ByteBuffer()

    mutating func take(_ piece: ByteBuffer) throws(APIClientError) -> Duration {
        guard bytes.readableBytes + piece.readableBytes <= maximumBytes else {
            throw APIClientError(
                .tooLarge, request: request, detail: "a page has more than \(maximumBytes) bytes")
        }
        bytes.writeImmutableBuffer(piece)
        return allowance
    }
}
