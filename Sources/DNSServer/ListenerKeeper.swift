import Addressing
import Logging

/// Listens where the server is to listen; where that fails, it is tried again.
struct ListenerKeeper {
    private let pool: WorkerPool
    private let health: DNSHealth
    private let logger: Logger
    private var listeners: [SocketEndpoint: Listener] = [:]

    init(pool: WorkerPool, health: DNSHealth, logger: Logger) {
        self.pool = pool
        self.health = health
        self.logger = logger
    }

    /// Opens what is wanted and not open, and closes what is open and not wanted.
    mutating func turn() async {
        let wanted = health.state.wanted
        for (endpoint, listener) in listeners.sorted(by: { $0.key < $1.key })
        where !wanted.contains(endpoint) || !listener.isOpen {
            listeners[endpoint] = nil
            await listener.close()
            health.update { $0.bound.remove(endpoint) }
            logger.notice("no longer listening", metadata: ["address": "\(endpoint)"])
        }
        for endpoint in wanted.sorted() where listeners[endpoint] == nil {
            await open(endpoint)
        }
        health.update { state in
            state.failures = state.failures.filter { wanted.contains($0.key) }
        }
    }

    /// Closes everything.
    mutating func closeAll() async {
        for listener in listeners.values { await listener.close() }
        listeners = [:]
        health.update { $0.bound = [] }
    }

    private mutating func open(_ endpoint: SocketEndpoint) async {
        do throws(ListenError) {
            listeners[endpoint] = try await Listener.open(endpoint, on: pool)
            health.update { state in
                state.bound.insert(endpoint)
                state.failures[endpoint] = nil
            }
            logger.notice("listening", metadata: ["address": "\(endpoint)"])
        } catch {
            let reason = error.description
            let isNews = health.state.failures[endpoint] != reason
            health.update { $0.failures[endpoint] = reason }
            guard isNews else { return }
            logger.error(
                "cannot listen; trying again",
                metadata: ["address": "\(endpoint)", "error": "\(reason)"])
        }
    }
}
