import APIClient
import Addressing
import HealthChecking
import Logging
import TableSync

extension LoadBalancer {
    static func tell(
        _ logger: Logger, _ target: SocketEndpoint, _ turn: EjectionBoard.Turn
    ) {
        switch turn {
        case .ejected:
            logger.warning(
                "ejected: its connections fail", metadata: ["target": "\(target)"])
        case .returned:
            logger.notice("back from its ejection", metadata: ["target": "\(target)"])
        }
    }

    static func tell(
        _ logger: Logger, _ check: HealthCheck, _ effect: HealthState.Effect
    ) {
        switch effect {
        case .none: break
        case .becameHealthy:
            logger.notice("healthy", metadata: ["check": "\(check)"])
        case .becameUnhealthy(let reason):
            logger.warning("unhealthy", metadata: ["check": "\(check)", "reason": "\(reason)"])
        }
    }

    /// Tells that changes arrive from the API, or why not, when that is news.
    static func tell(
        _ logger: Logger, connection error: APIClientError?, _ health: SyncHealth,
        _ metrics: BalancerMetrics
    ) {
        let before = health.state.disconnected
        health.update { $0.disconnected = error?.description }
        metrics.connected(error == nil)
        if let error, before == nil {
            logger.warning(
                "the API is away; traffic goes on as it last said", metadata: ["error": "\(error)"])
        } else if error == nil, before != nil {
            logger.notice("the API is back")
        }
    }
}
