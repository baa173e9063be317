internal import CNetfilter

/// A file descriptor that is closed once, when its owner goes.
struct NetworkDescriptor: ~Copyable, Sendable {
    private let number: Int32

    /// Opens a socket in the named network namespace, or in that of the calling thread.
    init(
        domain: Int32, type: Int32, protocolNumber: Int32, inNamespace namespace: String?
    ) throws(NetworkError) {
        let result = unsafe cnf_net_socket(
            namespace.map(Self.namespacePath), domain, type, protocolNumber)
        guard result >= 0 else {
            let place = namespace.map { "in the network namespace \($0)" } ?? ""
            throw NetworkError(operation: .openSocket, code: -result, subject: place)
        }
        self.number = result
    }

    /// Opens a file as the named network namespace, or that of the calling thread, sees it.
    init(
        path: String, flags: Int32, inNamespace namespace: String?,
        failure: (Int32) -> NetworkError
    ) throws(NetworkError) {
        let result = unsafe cnf_net_open(namespace.map(Self.namespacePath), path, flags)
        guard result >= 0 else { throw failure(-result) }
        self.number = result
    }

    deinit {
        _ = cnf_net_close(number)
    }

    /// Calls the kernel with the descriptor; what is below zero is an errno, for `failure` to tell
    /// in words.
    @discardableResult
    borrowing func call(
        failure: (Int32) -> NetworkError, _ function: (Int32) -> Int
    ) throws(NetworkError) -> Int {
        let result = function(number)
        guard result >= 0 else { throw failure(Int32(-result)) }
        return result
    }

    /// Where `ip netns add` puts a namespace of this name.
    private static func namespacePath(_ name: String) -> String { "/run/netns/\(name)" }
}
