import APIClient
import Admission
import KubeAPI
import Logging

/// Tells of the addresses that Services were given, or could not be.
struct IngressNews: Sendable {
    let logger: Logger
    let metrics: BalancerMetrics

    /// A Service's status was written.
    func wrote(_ write: IngressWrite) {
        metrics.wroteStatus()
        let addresses = write.ingress.compactMap(\.ip).joined(separator: " ")
        logger.notice(
            addresses.isEmpty ? "addresses taken back from a Service" : "addresses of a Service",
            metadata: [
                "service": "\(write.key.namespace)/\(write.key.name)", "addresses": "\(addresses)",
            ])
    }

    /// A Service has no address, for this reason, or has what it needs.
    func lacks(_ reason: String?, _ key: ObjectKey, count: Int) {
        metrics.withoutAddress(count)
        guard let reason else { return }
        logger.warning(
            "a Service gets no address",
            metadata: ["service": "\(key.namespace)/\(key.name)", "problem": "\(reason)"])
    }

    /// The API does not let addresses be written.
    func isNotWritable(_ obstacle: String) {
        logger.error(
            "addresses of Services cannot be written to their status; trying again",
            metadata: ["error": "\(obstacle)"])
    }

    /// The API lets addresses be written again.
    func isWritable() { logger.notice("addresses of Services can be written again") }

    /// A write has failed, for whatever reason.
    func failed() { metrics.failedToWriteStatus() }

    /// What stands in the way, and what to do about it.
    static func text(of error: APIClientError) -> String {
        switch error.status?.code {
        case 401, 403:
            "\(error); it needs the right to `patch` `services/status`: see deploy/kubernetes, or "
                + "leave --load-balancer-pool out"
        case 405:
            "\(error); leave --load-balancer-pool out, or ask an API that takes it"
        default: "\(error)"
        }
    }
}
