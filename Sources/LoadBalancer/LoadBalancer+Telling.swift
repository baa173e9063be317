import Addressing
import HealthChecking
import Logging

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
}
