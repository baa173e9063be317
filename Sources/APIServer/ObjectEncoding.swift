import FoundationEssentials
import KubeAPI
import NIOCore
import ObjectStore

/// JSON as it goes out.
enum ObjectEncoding {
    /// The object's bytes; encoded once, whoever asks.
    static func bytes(of object: StoredObject) throws -> [UInt8] {
        try object.bytes { object in Array(try encoder().encode(object)) }
    }

    /// Any other value as JSON.
    static func buffer(of value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try encoder().encode(value))
    }

    /// One line of a watch.
    static func line(_ type: String, _ object: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeStaticString("{\"type\":\"")
        buffer.writeString(type)
        buffer.writeStaticString("\",\"object\":")
        buffer.writeBytes(object)
        buffer.writeStaticString("}\n")
    }

    /// The beginning of a list, up to its first item; the metadata comes before the items, so
    /// that clients know the next page before they have read this one.
    static func listHead(of kind: ResourceKind, _ page: ListPage) throws -> ByteBuffer {
        let metadata = ListMeta(
            resourceVersion: String(page.revision), continue: page.continueToken,
            remainingItemCount: page.remainingCount)
        var buffer = ByteBuffer()
        buffer.writeString(
            "{\"kind\":\"\(kind.listKind)\",\"apiVersion\":\"\(kind.apiVersion)\",\"metadata\":")
        buffer.writeBytes(try encoder().encode(metadata))
        buffer.writeStaticString(",\"items\":[")
        return buffer
    }

    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }
}
