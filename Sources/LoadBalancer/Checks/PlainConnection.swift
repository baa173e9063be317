import Glibc
import NIOCore

/// A check's connection over TCP: connects, sends a question if there is one, reads the answer.
///
/// It never waits: whoever has it asks the kernel when there is something to do.
final class PlainConnection {
    let run: CheckRun
    private let descriptor: CInt
    private var isConnected = false
    /// The rest of the question.
    private var unsent: ArraySlice<UInt8> = []

    /// Begins to connect.
    ///
    /// - Throws: `IOError` if the kernel refuses at once.
    init(for run: CheckRun, to address: SocketAddress) throws {
        self.run = run
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        descriptor = socket(address.protocol.rawValue, CInt(kind), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        // Closed by a reset, so that nothing is left in TIME_WAIT.
        set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        // The handshake's last packet waits for what follows it, and goes with the question. A
        // check that only connects answers by its reset, so that the server need not even accept.
        set(CInt(IPPROTO_TCP), TCP_QUICKACK, CInt(0))
        let code = unsafe address.withSockAddr { address, size in
            unsafe connect(descriptor, address, socklen_t(size)) == 0 ? 0 : errno
        }
        guard [0, EINPROGRESS, EINTR].contains(code) else {
            close()
            throw IOError(errnoCode: code, reason: "connect")
        }
    }

    /// What to ask the kernel for: whether something can be sent, or has arrived.
    var awaited: pollfd {
        let isSending = !isConnected || !unsent.isEmpty
        return pollfd(fd: descriptor, events: Int16(isSending ? POLLOUT : POLLIN), revents: 0)
    }

    /// Does what can be done now.
    ///
    /// - Parameter bytes: room for what is read.
    /// - Throws: `IOError` once the connection is of no use any more.
    func proceed(_ bytes: inout [UInt8]) throws {
        if !isConnected {
            try requireConnected()
            isConnected = true
            guard let question = run.question else { return run.finish(nil) }
            unsent = question[...]
        }
        if unsent.isEmpty { try receive(&bytes) } else { try send() }
    }

    /// Ends the connection.
    func close() {
        _ = Glibc.close(descriptor)
    }

    private func send() throws {
        let count = unsafe unsent.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        if count < 0 { return try requireTransient("send") }
        unsent.removeFirst(count)
    }

    private func receive(_ bytes: inout [UInt8]) throws {
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        switch count {
        case 1...: run.take(bytes[..<count])
        case 0: run.ended()
        default: try requireTransient("recv")
        }
    }

    private func requireConnected() throws {
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard result == 0 else { throw IOError(errnoCode: errno, reason: "getsockopt") }
        guard code == 0 else { throw IOError(errnoCode: code, reason: "connect") }
    }

    /// Throws unless the call that failed just now may be repeated.
    private func requireTransient(_ call: String) throws {
        let code = errno
        guard code == EAGAIN || code == EINTR else {
            throw IOError(errnoCode: code, reason: call)
        }
    }

    /// Sets an option that a connection can do without.
    private func set(_ level: CInt, _ option: CInt, _ value: some BitwiseCopyable) {
        _ = unsafe withUnsafeBytes(of: value) {
            unsafe setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count))
        }
    }
}
