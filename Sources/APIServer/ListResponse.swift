import Hummingbird
import KubeAPI
import NIOCore
import ObjectStore

/// Writes a page of a list.
enum ListResponse {
    /// Bytes gathered before they are handed on: a whole list can be tens of megabytes.
    private static let pieceBytes = 256 << 10

    /// The page that is asked for; objects are encoded while earlier ones are on their way.
    static func response(
        _ kind: ResourceKind, namespace: String?, query: CollectionQuery, store: ObjectStore
    ) throws(StatusObject) -> Response {
        var request = ListRequest(kind, namespace: namespace)
        request.limit = query.limit
        request.continueToken = query.continueToken
        request.isIncluded = query.filter
        let page: ListPage
        do throws(ObjectStoreError) {
            page = try store.list(request)
        } catch {
            throw StatusObject(error)
        }
        return .json(
            ResponseBody { writer in
                var buffer = try ObjectEncoding.listHead(of: kind, page)
                for (index, object) in page.objects.enumerated() {
                    if index > 0 { buffer.writeStaticString(",") }
                    buffer.writeBytes(try ObjectEncoding.bytes(of: object))
                    guard buffer.readableBytes > pieceBytes else { continue }
                    try await writer.write(buffer)
                    buffer = ByteBuffer()
                }
                buffer.writeStaticString("]}\n")
                try await writer.write(buffer)
                try await writer.finish(nil)
            })
    }
}
