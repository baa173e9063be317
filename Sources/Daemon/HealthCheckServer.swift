import Addressing
import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NodeProxy
import ServiceLifecycle
import ServiceModel

/// Answers at every `healthCheckNodePort` whether this node has endpoints of its Service.
///
/// The answers are kube-proxy's: 200 with at least one local endpoint, else 503; how many there
/// are stands in the body and in `X-Load-Balancing-Endpoint-Weight`. A port that something else
/// has is reported and tried again.
struct HealthCheckServer: Service {
    /// What is counted: ports that cannot be listened at.
    static let unservedPorts = "sluice_proxy_unserved_health_check_ports"

    private struct Page: Encodable {
        struct Name: Encodable {
            let namespace: String
            let name: String
        }

        let service: Name
        let localEndpoints: Int
        let serviceProxyHealthy: Bool
    }

    let board: ServiceHealthBoard
    /// Whether the proxy itself is well; if not, no Service is.
    let isProxyWell: @Sendable () -> Bool
    let logger: Logger
    private let unserved = Meter(label: unservedPorts)

    init(
        board: ServiceHealthBoard, logger: Logger, isProxyWell: @escaping @Sendable () -> Bool
    ) {
        self.board = board
        self.logger = logger
        self.isProxyWell = isProxyWell
        unserved.set(0)
    }

    /// Follows the board until the process is asked to stop.
    func run() async throws {
        await withDiscardingTaskGroup { group in
            var listeners: [SocketEndpoint: HealthCheckListener] = [:]
            for await _ in board.changes.cancelOnGracefulShutdown() {
                let wanted = board.listeners
                for place in Set(listeners.keys).subtracting(wanted) {
                    await listeners.removeValue(forKey: place)?.stop()
                }
                for place in wanted where listeners[place] == nil {
                    let listener = HealthCheckListener(
                        place: place, unserved: unserved, logger: logger,
                        answer: { answer(at: place.port) })
                    listeners[place] = listener
                    group.addTask { await listener.run() }
                }
            }
            for listener in listeners.values { await listener.stop() }
        }
    }

    private func answer(at port: Port) -> Response {
        guard let entry = board.entry(at: port) else { return Response(status: .notFound) }
        let isProxyWell = isProxyWell()
        let count = entry.localEndpointCount
        let page = Page(
            service: .init(namespace: entry.service.namespace, name: entry.service.name),
            localEndpoints: count, serviceProxyHealthy: isProxyWell)
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("X-Load-Balancing-Endpoint-Weight") {
            headers[name] = "\(count)"
        }
        return Response(
            status: count > 0 && isProxyWell ? .ok : .serviceUnavailable, headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: (try? JSONText.text(of: page)) ?? "{}")))
    }
}
