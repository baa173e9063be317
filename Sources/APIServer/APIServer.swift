import Hummingbird
import KubeAPI
package import Logging
import NIOCore
package import ObjectStore
import ServiceLifecycle

/// The Kubernetes API over an object store: reading, watching, and writing Leases and the status
/// of Services, over HTTP.
package struct APIServer: Service {
    /// Connections at the same time; more wait to be accepted, and a node has about four.
    package static let defaultMaximumConnections = 8192
    /// For a connection without a request, or with half of one; longer than usual clients keep
    /// an unused one, so that none is closed in the moment it is used again.
    private static let idleTimeout = TimeAmount.seconds(120)

    private let store: ObjectStore
    private let desk: StatusDesk?
    private let maximumConnections: Int
    private let host: String
    private let port: Int
    private let bookmarkInterval: Duration
    private let logger: Logger
    private let isReady: @Sendable () -> Bool
    private let whenListening: @Sendable (Int) async -> Void

    /// A server of a store.
    ///
    /// - Parameters:
    ///   - store: what is served.
    ///   - desk: where clients hand in what they write to the status of Services; nil: they
    ///     cannot.
    ///   - host: the address to listen on, for example `127.0.0.1` or `::1`.
    ///   - port: the port to listen on; 0 for any that is free.
    ///   - maximumConnections: how many are served at the same time.
    ///   - bookmarkInterval: how often an idle watch says how far it is.
    ///   - logger: for what goes wrong.
    ///   - isReady: whether the store has what it should, for `/readyz`.
    ///   - whenListening: called with the port once connections are accepted.
    package init(
        store: ObjectStore,
        desk: StatusDesk? = nil,
        host: String,
        port: Int,
        maximumConnections: Int = APIServer.defaultMaximumConnections,
        bookmarkInterval: Duration = .seconds(30),
        logger: Logger,
        isReady: @escaping @Sendable () -> Bool = { true },
        whenListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.store = store
        self.desk = desk
        self.host = host
        self.port = port
        self.maximumConnections = maximumConnections
        self.bookmarkInterval = bookmarkInterval
        self.logger = logger
        self.isReady = isReady
        self.whenListening = whenListening
    }

    /// Serves until the task is cancelled or shut down gracefully, which ends all watches.
    package func run() async throws {
        await encodeAhead()
        let responder = APIResponder(
            store: store, desk: desk, bookmarkInterval: bookmarkInterval, isReady: isReady)
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(
                    maximumConnections, logger: logger)),
            onServerRunning: { channel in
                await whenListening(channel.localAddress?.port ?? port)
            },
            logger: logger)
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw APIServerError(address: "\(host):\(port)", detail: "\(error)")
        }
    }

    /// Encodes what every node asks for first, so that the first of them does not wait for it.
    private func encodeAhead() async {
        await withTaskGroup(of: Void.self) { group in
            for kind in [ResourceKind.services, .endpointslices, .nodes] {
                guard let objects = try? store.list(ListRequest(kind)).objects else { continue }
                let size = 500
                for start in stride(from: 0, to: objects.count, by: size) {
                    group.addTask {
                        for object in objects[start...].prefix(size) {
                            _ = try? ObjectEncoding.bytes(of: object)
                        }
                    }
                }
            }
        }
    }
}

/// Why the API could not be served.
package struct APIServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it was to be served.
    package let address: String
    /// What the system said.
    package let detail: String

    package var description: String { "the API cannot be served at \(address): \(detail)" }
}
