internal import CNetfilter
internal import Glibc

/// An open netfilter socket, closed once, when its owner goes.
struct NetfilterDescriptor: ~Copyable, Sendable {
    /// An errno, on its way to the place that knows what was being done.
    struct Failure: Error {
        let code: Int32
    }

    private let number: Int32

    /// Opens a socket in the named network namespace, or in that of the calling thread.
    init(inNamespace namespace: String?) throws(Failure) {
        let path = namespace.map { "/run/netns/\($0)" }
        let number = unsafe cnf_net_socket(
            path, AF_NETLINK, Int32(SOCK_RAW.rawValue), NETLINK_NETFILTER)
        guard number >= 0 else { throw Failure(code: -number) }
        self.number = number
    }

    deinit { _ = cnf_net_close(number) }

    /// Calls the kernel with the descriptor; a negative result is an errno.
    @discardableResult
    borrowing func call(_ function: (Int32) -> Int) throws(Failure) -> Int {
        let result = function(number)
        guard result >= 0 else { throw Failure(code: Int32(-result)) }
        return result
    }
}
