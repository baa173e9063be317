/// The bytes of a message being written: an array that is as long as it ever had to be, so that
/// writing is storing, and a count of those in use.
struct MessageBuffer: Sendable {
    private var storage: [UInt8]
    /// How many bytes are written.
    private(set) var count = 0

    /// An empty buffer with room for some bytes.
    init(capacity: Int) {
        storage = [UInt8](repeating: 0, count: capacity)
    }

    /// What is written.
    var bytes: [UInt8] { Array(storage[..<count]) }

    /// Shows what is written without a copy.
    func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe storage.span.bytes.extracting(..<count))
    }

    /// Forgets what was written behind the first bytes.
    mutating func truncate(to count: Int) {
        self.count = count
    }

    /// Writes a byte.
    mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        storage[count] = byte
        count += 1
    }

    /// Writes a number, its highest byte first.
    @inline(__always)
    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(bigEndian number: Number) {
        let size = MemoryLayout<Number>.size
        makeRoom(for: size)
        unsafe storage.withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(of: number.bigEndian, toByteOffset: count, as: Number.self)
        }
        count += size
    }

    /// Writes the first bytes of an array, or all of them.
    mutating func append(_ bytes: [UInt8], first length: Int? = nil) {
        let length = length ?? bytes.count
        makeRoom(for: length)
        unsafe storage.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe target[count..<count + length].copyBytes(from: source[..<length])
            }
        }
        count += length
    }

    /// Puts a number in the place of the two bytes there.
    mutating func replace(at offset: Int, bigEndian number: UInt16) {
        storage[offset] = UInt8(truncatingIfNeeded: number >> 8)
        storage[offset + 1] = UInt8(truncatingIfNeeded: number)
    }

    @inline(__always)
    private mutating func makeRoom(for size: Int) {
        if storage.count - count < size { grow(by: size) }
    }

    private mutating func grow(by size: Int) {
        let missing = max(size, storage.count)
        storage.append(contentsOf: repeatElement(0, count: missing))
    }
}
