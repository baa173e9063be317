import NIOCore

/// Cuts a stream of bytes into lines and holds at most one unfinished line.
struct LineSplitter {
    /// A line that is longer than allowed.
    struct LineTooLong: Error, Hashable {
        let maximumBytes: Int
    }

    private static let newline = UInt8(ascii: "\n")

    private let maximumBytes: Int
    private var buffer = ByteBuffer()
    /// How many bytes from the buffer's start are known to hold no newline.
    private var searchedBytes = 0

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Whether the beginning of a line waits for its end.
    var hasUnfinishedLine: Bool { buffer.readableBytes > 0 }

    /// Takes the next bytes; take all lines out before adding more.
    mutating func append(_ bytes: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next whole line without its newline; empty lines are left out.
    mutating func nextLine() throws(LineTooLong) -> ByteBuffer? {
        while true {
            let unsearched = buffer.readableBytesView.dropFirst(searchedBytes)
            guard let end = unsearched.firstIndex(of: Self.newline) else {
                searchedBytes = buffer.readableBytes
                guard searchedBytes <= maximumBytes else {
                    throw LineTooLong(maximumBytes: maximumBytes)
                }
                return nil
            }
            let length = end - buffer.readerIndex
            guard length <= maximumBytes else { throw LineTooLong(maximumBytes: maximumBytes) }
            let line = buffer.readSlice(length: length)
            buffer.moveReaderIndex(forwardBy: 1)
            searchedBytes = 0
            if let line, line.readableBytes > 0 { return line }
        }
    }
}
