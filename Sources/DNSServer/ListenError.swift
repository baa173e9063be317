import Glibc
import NIOCore

/// Why an address cannot be listened at.
struct ListenError: Error, Hashable, Sendable {
    /// Over which transport.
    let transport: QueryTransport
    /// What the kernel said.
    let code: Int32

    /// What went wrong with the sockets of a transport; -1 stands for a failure without number.
    init(_ transport: QueryTransport, _ error: any Error) {
        self.init(transport, code: (error as? IOError)?.errnoCode ?? -1)
    }

    /// What the kernel said of the sockets of a transport.
    init(_ transport: QueryTransport, code: Int32) {
        self.transport = transport
        self.code = code
    }
}

extension ListenError: CustomStringConvertible {
    /// For example `tcp: Address already in use`.
    var description: String {
        guard code >= 0, let text = unsafe strerror(code) else {
            return "\(transport.rawValue): the socket could not be opened"
        }
        return unsafe "\(transport.rawValue): \(String(cString: text))"
    }
}
