internal import CNetfilter
internal import Glibc

/// A netlink socket for requests and their answers, one at a time; calls block.
struct NetworkSocket: ~Copyable, Sendable {
    private var descriptor: NetworkDescriptor
    private let reopen: @Sendable () throws(NetworkError) -> NetworkDescriptor
    private var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
    private var sequence: UInt32 = 0

    /// Opens the socket in the named network namespace, or in that of the calling thread.
    ///
    /// With `strictListings` what a listing's fixed part says narrows the listing.
    init(
        protocolNumber: Int32, inNamespace namespace: String?, strictListings: Bool = false
    ) throws(NetworkError) {
        reopen = { () throws(NetworkError) in
            try Self.open(protocolNumber, namespace, strictListings)
        }
        descriptor = try reopen()
    }

    /// Sends a request and gives what `decode` makes of each message of the answer, without those
    /// it makes nothing of.
    ///
    /// A listing during which something changed is begun anew; one whose task is cancelled is
    /// given up between two datagrams with `ECANCELED`, for it may be very long.
    @discardableResult
    mutating func exchange<Element>(
        _ request: NetworkMessage, decode: (ArraySlice<UInt8>) -> Element?
    ) throws(NetworkError) -> [Element] {
        for _ in 0..<Self.maximumListings {
            if let elements = try exchangeOnce(request, decode: decode) { return elements }
        }
        throw request.error(EAGAIN)
    }

    /// Sends a change and waits until the kernel has made it.
    mutating func perform(_ change: NetworkMessage) throws(NetworkError) {
        try exchange(change) { (_: ArraySlice<UInt8>) -> Void? in nil }
    }

    /// Sends changes, many in a datagram, each made or refused for itself.
    ///
    /// Calls `refused` with the place in the list and the errno of each that was not made.
    mutating func perform(
        _ changes: [NetworkMessage], refused: (Int, Int32) throws(NetworkError) -> Void
    ) throws(NetworkError) {
        var rest = changes[...]
        while let last = rest.prefix(Self.changesPerDatagram).last {
            let batch = rest.prefix(Self.changesPerDatagram)
            rest = rest.dropFirst(batch.count)
            let first = sequence &+ 1
            sequence &+= UInt32(batch.count)
            let datagram = zip(batch.indices, batch).flatMap { index, change in
                change.encoded(
                    sequence: first &+ UInt32(index - batch.startIndex),
                    isAcknowledged: index == batch.endIndex - 1)
            }
            try send(datagram, for: last)
            var isFinished = false
            while !isFinished {
                for reply in NetworkReplies(try receive(for: last)) {
                    let offset = Int(reply.sequence &- first)
                    guard offset < batch.count, case .end(let code) = reply.content else {
                        continue
                    }
                    isFinished = isFinished || reply.sequence == sequence
                    if code != 0 { try refused(batch.startIndex + offset, code) }
                }
            }
        }
    }

    /// Nil when the listing was interrupted.
    private mutating func exchangeOnce<Element>(
        _ request: NetworkMessage, decode: (ArraySlice<UInt8>) -> Element?
    ) throws(NetworkError) -> [Element]? {
        sequence &+= 1
        try send(
            request.encoded(sequence: sequence, isAcknowledged: !request.isListing), for: request)
        var elements: [Element] = []
        var isInterrupted = false
        while true {
            if request.isListing, Task.isCancelled {
                // The rest would have to be read before anything else is asked; closing ends it.
                descriptor = try reopen()
                throw request.error(ECANCELED)
            }
            for reply in NetworkReplies(try receive(for: request))
            where reply.sequence == sequence {
                isInterrupted = isInterrupted || reply.isInterrupted
                switch reply.content {
                case .data(let body):
                    if let element = decode(body) { elements.append(element) }
                case .end(0):
                    return isInterrupted ? nil : elements
                case .end(let code):
                    throw request.error(code)
                }
            }
        }
    }

    private static func open(
        _ protocolNumber: Int32, _ namespace: String?, _ strictListings: Bool
    ) throws(NetworkError) -> NetworkDescriptor {
        let descriptor = try NetworkDescriptor(
            domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocolNumber: protocolNumber,
            inNamespace: namespace)
        let failure = { NetworkError(operation: .openSocket, code: $0, subject: "") }
        try descriptor.call(failure: failure) { fd in Int(cnf_net_connect_to_kernel(fd)) }
        try descriptor.call(failure: failure) { fd in
            Int(cnf_net_set_receive_timeout(fd, receiveTimeoutSeconds))
        }
        // A refusal then does not repeat the request, so that many fit the receive buffer.
        try descriptor.call(failure: failure) { fd in
            Int(cnf_net_set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1))
        }
        try descriptor.call(failure: failure) { fd in
            let strict: Int32 = strictListings ? 1 : 0
            return Int(cnf_net_set_option(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, strict))
        }
        return descriptor
    }

    private borrowing func send(
        _ datagram: [UInt8], for request: NetworkMessage
    ) throws(NetworkError) {
        try descriptor.call(failure: request.error) { fd in
            unsafe datagram.withUnsafeBytes { bytes in
                unsafe cnf_net_send(fd, bytes.baseAddress, bytes.count)
            }
        }
    }

    /// The next datagram, which is all of it: a longer one is an error.
    private mutating func receive(
        for request: NetworkMessage
    ) throws(NetworkError) -> ArraySlice<UInt8> {
        while true {
            do throws(NetworkError) {
                let count = try descriptor.call(failure: request.error) { fd in
                    unsafe buffer.withUnsafeMutableBytes { bytes in
                        unsafe cnf_net_receive(fd, bytes.baseAddress, bytes.count)
                    }
                }
                guard count <= buffer.count else { throw request.error(EMSGSIZE) }
                return buffer[..<count]
            } catch {
                if error.code != EINTR { throw error }
            }
        }
    }

    /// The kernel fills at most 32 KiB of a listing into one datagram (netlink_dump).
    private static let bufferBytes = 65_536
    /// The kernel answers within its own send call; waiting longer than this means it never will.
    private static let receiveTimeoutSeconds: Int32 = 10
    /// How often a listing is begun before its table is taken to change all the time.
    private static let maximumListings = 10
    /// As many refusals fit the default receive buffer of 208 KiB, at 768 bytes each.
    private static let changesPerDatagram = 128
}

extension NetworkMessage {
    /// The error that says the request was refused.
    func error(_ code: Int32) -> NetworkError {
        NetworkError(operation: operation, code: code, subject: subject)
    }
}
