import APIClient
import Addressing
import DNSForwarding
import DNSServer
import Foundation
import Logging
import ServiceLifecycle

/// Where the name server's own pages are served.
package struct DNSPages: Sendable {
    let listen: ListenAddress
    let metrics: ListenAddress

    /// Gathers the addresses of the pages.
    package init(listen: ListenAddress, metrics: ListenAddress) {
        self.listen = listen
        self.metrics = metrics
    }
}

/// The services of the name server, in `sluice dns` and in `sluice run`.
struct DNSRole {
    private let server: DNSServer

    init(_ settings: DNSSettings, client: APIClient, context: RoleContext) {
        var forwarding = ForwardingConfiguration(
            upstreams: settings.upstreams, stubDomains: settings.stubDomains,
            cache: settings.cache)
        if settings.upstreams.isEmpty {
            forwarding.upstreams = Self.hostServers(context.logger)
        }
        Self.breakLoops(in: &forwarding, settings.server.listen, context.logger)
        if forwarding.upstreams.isEmpty {
            context.logger.warning(
                """
                there is no upstream server: names outside the zone fail; name one with \
                --upstream
                """)
        }
        server = DNSServer(
            settings.server, client: client,
            forwarder: Forwarder(forwarding, logger: context.logger), logger: context.logger)
    }

    /// The server alone, where other roles have the pages.
    var services: [any Service] { [server] }

    /// The server and its pages.
    func services(_ pages: DNSPages, context: RoleContext) -> [any Service] {
        let health = Self.healthPages(server.health)
        return [
            server,
            StatusServer(place: .tcp(pages.listen), pages: health, logger: context.logger),
            StatusServer(
                place: .tcp(pages.metrics), pages: [context.metricsPage], logger: context.logger),
            StatusServer(
                place: .unixSocket(path: context.socketPath),
                pages: health + [context.metricsPage], logger: context.logger),
        ]
    }

    private struct Health: Encodable {
        var synced: Bool
        var services: Int
        var listening: [String]
        var notListening: [String: String]
        var apiError: String?
    }

    /// `/readyz` for whoever waits; `/healthz` and `/livez` as long as the process answers: a
    /// server that lacks an address or the API answers all the rest.
    private static func healthPages(_ health: DNSHealth) -> [StatusPage] {
        ["/healthz", "/livez", "/readyz"].map { path in
            StatusPage(path) {
                let state = health.state
                let missing = state.unbound.map {
                    ("\($0)", state.failures[$0] ?? "not yet")
                }
                let page = Health(
                    synced: state.hasSynced, services: state.serviceCount,
                    listening: state.bound.sorted().map(\.description),
                    notListening: Dictionary(missing) { first, _ in first },
                    apiError: state.disconnected)
                return .init(
                    json: (try? JSONText.text(of: page)) ?? "{}",
                    isWell: path != "/readyz" || state.isReady)
            }
        }
    }

    /// The servers of the host itself.
    private static func hostServers(_ logger: Logger) -> [UpstreamServer] {
        let path = DNSSettings.resolvConfPath
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            logger.warning("cannot be read", metadata: ["file": "\(path)"])
            return []
        }
        let file = ResolvConf(text)
        for problem in file.problems {
            logger.warning("left out", metadata: ["file": "\(path)", "problem": "\(problem)"])
        }
        return file.nameservers
    }

    /// Leaves out servers that are this one.
    private static func breakLoops(
        in forwarding: inout ForwardingConfiguration,
        _ listen: DNSServerConfiguration.ListenPlaces, _ logger: Logger
    ) {
        let host = HostAddresses.current()
        let own: [SocketEndpoint] =
            switch listen {
            // Which of them are the node's is not known before the API says so.
            case .node(let port):
                host.filter { !$0.isLoopback }.map { SocketEndpoint(address: $0, port: port) }
            case .fixed(let endpoints): endpoints
            }
        let loops = forwarding.excludeOwnAddresses(listening: own, hostAddresses: Set(host))
        for loop in loops { logger.warning("\(loop)") }
    }
}
