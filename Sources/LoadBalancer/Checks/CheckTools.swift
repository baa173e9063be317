import HealthChecking
import NIOCore
import NIOSSL

/// What checks are made with: connections, certificates, and programs.
///
/// Belongs to the prober's event loop.
final class CheckTools {
    private struct ContextKind: Hashable {
        let security: CheckSecurity
        let protocols: [String]
    }

    /// Where the programs are that checks may run; nil: they may run none.
    let commandFolder: String?
    /// Those that are neither encrypted nor HTTP/2.
    let connections: PlainConnections
    /// Reading the host's certificates takes long, so each way of using them is prepared once.
    private var contexts: [ContextKind: NIOSSLContext] = [:]

    init(commandFolder: String?, loop: any EventLoop) {
        self.commandFolder = commandFolder
        connections = PlainConnections(loop: loop)
    }

    /// A handler that encrypts a connection.
    ///
    /// - Parameters:
    ///   - security: whether the certificate matters.
    ///   - name: the server's name; nil for an address, which is not announced to the server.
    ///   - protocols: what is offered to be spoken, as ALPN names it.
    /// - Returns: a handler for one connection.
    /// - Throws: what the library says of the host's certificates, or of the name.
    func encryption(
        _ security: CheckSecurity, name: String?, protocols: [String] = []
    ) throws -> NIOSSLClientHandler {
        let kind = ContextKind(security: security, protocols: protocols)
        let context: NIOSSLContext
        if let known = contexts[kind] {
            context = known
        } else {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = protocols
            if security == .unverified { configuration.certificateVerification = .none }
            context = try NIOSSLContext(configuration: configuration)
            contexts[kind] = context
        }
        return try NIOSSLClientHandler(context: context, serverHostname: name)
    }
}
