import Addressing
import Glibc

/// Datagrams that are received with one call, and answered with one: the memory of one thread.
///
/// NIO's channel would do but for two things: it closes the socket when one answer cannot be sent
/// (to port 0, or past a firewall), and it makes a text of every client's address.
@safe final class DatagramBatch {
    /// Datagrams of one call.
    static let capacity = 32
    /// Room for a query; what is longer is none, and is cut off.
    private static let queryBytes = 2_048

    private let replyBytes: Int
    private let queries: UnsafeMutableRawBufferPointer
    private let replies: UnsafeMutableRawBufferPointer
    private let names: UnsafeMutableBufferPointer<SocketName>
    private let vectors: UnsafeMutableBufferPointer<iovec>
    private let received: UnsafeMutableBufferPointer<DatagramHeader>
    private let sent: UnsafeMutableBufferPointer<DatagramHeader>
    private var receivedCount = 0
    private(set) var replyCount = 0

    /// Memory for answers of this many bytes.
    init(replyBytes: Int) {
        self.replyBytes = replyBytes
        unsafe queries = .allocate(byteCount: Self.capacity * Self.queryBytes, alignment: 64)
        unsafe replies = .allocate(byteCount: Self.capacity * replyBytes, alignment: 64)
        unsafe names = .allocate(capacity: Self.capacity)
        unsafe vectors = .allocate(capacity: 2 * Self.capacity)
        unsafe received = .allocate(capacity: Self.capacity)
        unsafe sent = .allocate(capacity: Self.capacity)
        unsafe names.initialize(repeating: SocketName())
        unsafe vectors.initialize(repeating: iovec())
        unsafe received.initialize(repeating: DatagramHeader())
        unsafe sent.initialize(repeating: DatagramHeader())
        for index in 0..<Self.capacity { arrange(index) }
    }

    deinit {
        unsafe queries.deallocate()
        unsafe replies.deallocate()
        unsafe names.deallocate()
        unsafe vectors.deallocate()
        unsafe received.deallocate()
        unsafe sent.deallocate()
    }

    /// Receives what is there, without waiting; returns how many datagrams.
    func receive(from socket: DatagramSocket) -> Int {
        // The kernel has written how long the names are.
        for index in 0..<receivedCount {
            unsafe received[index].header.msg_namelen = socklen_t(MemoryLayout<SocketName>.size)
        }
        replyCount = 0
        receivedCount = unsafe max(0, DatagramCalls.receive(socket.descriptor, received))
        return receivedCount
    }

    /// Who sent a datagram.
    func client(_ index: Int) -> SocketName {
        precondition(index < receivedCount)
        return unsafe names[index]
    }

    /// Calls with the bytes of a datagram.
    func withQuery<Result>(_ index: Int, _ body: (RawSpan) -> Result) -> Result {
        precondition(index < receivedCount)
        let start = index * Self.queryBytes
        let length = min(Int(unsafe received[index].length), Self.queryBytes)
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: queries[start..<start + length])
        return body(unsafe bytes.bytes)
    }

    /// Takes the answer to a datagram, to be sent with the others; one that is too long is none.
    func reply(to index: Int, _ bytes: [UInt8]) {
        precondition(index < receivedCount && replyCount < Self.capacity)
        guard bytes.count <= replyBytes else { return }
        let start = replyCount * replyBytes
        unsafe UnsafeMutableRawBufferPointer(rebasing: replies[start..<start + replyBytes])
            .copyBytes(from: bytes)
        unsafe vectors[Self.capacity + replyCount].iov_len = bytes.count
        unsafe sent[replyCount].header.msg_name = received[index].header.msg_name
        unsafe sent[replyCount].header.msg_namelen = received[index].header.msg_namelen
        replyCount += 1
    }

    /// Sends the answers; one that cannot be sent concerns its client alone, and what the kernel
    /// has no room for is lost, as datagrams may be.
    func sendReplies(on socket: DatagramSocket) {
        var next = 0
        while next < replyCount {
            let count = unsafe DatagramCalls.send(socket.descriptor, sent[next..<replyCount])
            if count == -EINTR { continue }
            if count == -EAGAIN { return }
            next += max(1, count)
        }
    }

    private func arrange(_ index: Int) {
        let reply = Self.capacity + index
        unsafe vectors[index] = iovec(
            iov_base: queries.baseAddress?.advanced(by: index * Self.queryBytes),
            iov_len: Self.queryBytes)
        unsafe vectors[reply].iov_base = replies.baseAddress?.advanced(by: index * replyBytes)
        unsafe received[index].header.msg_name = UnsafeMutableRawPointer(
            names.baseAddress?.advanced(by: index))
        unsafe received[index].header.msg_namelen = socklen_t(MemoryLayout<SocketName>.size)
        unsafe received[index].header.msg_iov = vectors.baseAddress?.advanced(by: index)
        unsafe received[index].header.msg_iovlen = 1
        unsafe sent[index].header.msg_iov = vectors.baseAddress?.advanced(by: reply)
        unsafe sent[index].header.msg_iovlen = 1
    }
}
