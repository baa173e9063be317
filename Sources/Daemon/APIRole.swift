import APIServer
import Addressing
import Logging
import NIOCore
import ObjectStore
import ServiceLifecycle
import Synchronization

/// The services of `sluice api`.
struct APIRole {
    let services: [any Service]

    init(_ settings: APISettings, context: RoleContext) throws {
        let admission = try settings.ranges.admission()
        let store = ObjectStore()
        let desk = StatusDesk()
        let endpoints = settings.listen.address.map {
            [SocketEndpoint(address: $0, port: settings.listen.port)]
        }
        let source = ManifestSource(
            path: settings.manifests, store: store, admission: admission,
            stateFile: try StateFile(folder: context.common.stateDirectory),
            builtIn: settings.ranges.builtInObjects(api: endpoints ?? [], admission), desk: desk,
            logger: context.logger)
        services = [
            APIService(
                source: source, store: store, desk: desk, listen: settings.listen,
                logger: context.logger)
        ]
    }
}

/// Loads the manifests, and then serves them while it follows their changes.
///
/// Nobody is served before the first load: a proxy that saw an empty cluster would remove all.
private struct APIService: Service {
    let source: ManifestSource
    let store: ObjectStore
    let desk: StatusDesk
    let listen: ListenAddress
    let logger: Logger

    func run() async throws {
        let (loads, load) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [source] in
                defer { load.finish() }
                try await cancelWhenGracefulShutdown {
                    try await source.run { _ in
                        load.yield()
                        load.finish()
                    }
                }
            }
            var isLoaded = false
            for await _ in loads { isLoaded = true }
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            if isLoaded { group.addTask { [server] in try await server.run() } }
            // Whichever ends first ends the role; an error comes out of here.
            try await group.next()
            group.cancelAll()
        }
    }

    private var server: APIServer {
        APIServer(
            store: store, desk: desk, host: listen.bindHost, port: Int(listen.port.rawValue),
            logger: logger.silent,
            whenListening: { [logger, listen] _ in
                logger.notice("the API is served", metadata: ["address": "\(listen)"])
            })
    }
}

extension Logger {
    /// The same logger, for an HTTP server: what matters of it is thrown, and it calls each
    /// shutdown an error.
    var silent: Logger {
        var logger = self
        logger.logLevel = .critical
        return logger
    }
}
