import NIOCore

/// Cuts what arrives over TCP into messages: each comes after its length, in two bytes
/// (RFC 1035 section 4.2.2).
struct MessageFrames {
    /// What there is to read.
    enum Next: Equatable {
        /// A whole message.
        case message(ByteBuffer)
        /// Nothing yet: more bytes have to come.
        case incomplete
        /// What comes is not a query, and nothing after it can be read.
        case broken
    }

    /// The longest query that is taken, in bytes: a name, and extensions with some options.
    static let longestQuery = 4_096

    private var bytes = ByteBuffer()

    /// How many bytes are kept.
    var byteCount: Int { bytes.readableBytes }

    /// Takes bytes in.
    mutating func append(_ new: ByteBuffer) {
        if bytes.readableBytes == 0 {
            bytes = new
        } else {
            bytes.discardReadBytes()
            bytes.writeImmutableBuffer(new)
        }
    }

    /// Takes the next message out.
    mutating func next() -> Next {
        guard let length = bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) else {
            return .incomplete
        }
        guard 1...Self.longestQuery ~= Int(length) else { return .broken }
        guard let message = bytes.readLengthPrefixedSlice(as: UInt16.self) else {
            return .incomplete
        }
        return .message(message)
    }
}
