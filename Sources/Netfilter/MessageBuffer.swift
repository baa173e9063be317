internal import CNetfilter
internal import Glibc

/// Netlink messages back to back, as one datagram to the kernel.
///
/// The memory is zeroed before it is written: libmnl 1.0.4 leaves the padding of attributes
/// unwritten, and would send the kernel whatever lay there before.
@safe
struct MessageBuffer: ~Copyable {
    /// Room kept free for the next message, in bytes.
    ///
    /// libnftnl writes without asking how much there is. Attributes hold at most 64 KiB, and no message of ours has two so large.
    static let headroomBytes = 128 * 1024
    /// The most bytes that any transaction can have.
    ///
    /// A batch is one socket buffer, and the kernel
    /// takes none larger than the socket's send buffer, which `SO_SNDBUFFORCE` sets to at most
    /// `INT_MAX / 2` (kernel: `netlink_sendmsg`, `sk_setsockopt`).
    static let greatestMaximumBytes = 1 << 30
    /// Memory kept from one transaction to the next, in bytes.
    private static let retainedBytes = 1 << 20

    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    /// True between `begin` and `end`: more may be written than is counted.
    private var isOpen = false
    /// The most bytes that the messages may have.
    private let maximumBytes: Int
    /// Bytes written.
    private(set) var count = 0

    /// Takes the memory that a small transaction needs.
    init(maximumBytes: Int) throws(NetfilterError) {
        precondition(maximumBytes <= Self.greatestMaximumBytes, "no batch can be so large")
        guard let memory = unsafe calloc(1, Self.headroomBytes * 2) else {
            throw NetfilterError(.encode, code: ENOMEM)
        }
        unsafe self.memory = unsafe memory
        self.maximumBytes = maximumBytes
        capacity = Self.headroomBytes * 2
    }

    deinit { unsafe free(memory) }

    /// The written bytes.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory, count: count)
    }

    /// Starts a message after the last; the pointer is good until the next call.
    mutating func begin() throws(NetfilterError) -> UnsafeMutableRawPointer {
        try reserve(count + Self.headroomBytes)
        isOpen = true
        return unsafe memory + count
    }

    /// Ends the message that was begun, of this length in bytes.
    mutating func end(length: UInt32) {
        count += Int(length + 3) & ~3
        isOpen = false
        precondition(count <= capacity, "a netlink message outgrew its room")
    }

    /// Forgets all messages.
    mutating func removeAll() {
        if capacity > Self.retainedBytes,
            let smaller = unsafe realloc(memory, Self.retainedBytes)
        {
            unsafe memory = unsafe smaller
            capacity = Self.retainedBytes
        }
        let written = isOpen ? count + Self.headroomBytes : count
        unsafe memset(memory, 0, min(written, capacity))
        count = 0
        isOpen = false
    }

    private mutating func reserve(_ needed: Int) throws(NetfilterError) {
        guard count <= maximumBytes else { throw NetfilterError(.encode, code: E2BIG) }
        guard needed > capacity else { return }
        let larger = max(needed, capacity * 2)
        guard let moved = unsafe realloc(memory, larger) else {
            throw NetfilterError(.encode, code: ENOMEM)
        }
        unsafe memory = unsafe moved
        unsafe memset(memory + capacity, 0, larger - capacity)
        capacity = larger
    }
}
