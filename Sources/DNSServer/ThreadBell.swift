import Glibc

/// Wakes a thread that waits for its sockets: a pipe whose one end it polls.
final class ThreadBell: Sendable {
    /// What the thread polls: readable once it was rung.
    let descriptor: Int32
    private let writer: Int32

    /// Opens the pipe.
    init() throws(ListenError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw ListenError(.udp, code: errno) }
        descriptor = ends[0]
        writer = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// Wakes the thread; a full pipe will wake it anyway.
    func ring() {
        var byte: UInt8 = 1
        _ = unsafe write(writer, &byte, 1)
    }

    /// Forgets that it was rung.
    func hush() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
