import Logging
import TableSync

/// What the proxy's tasks share.
struct ProxyParts: Sendable {
    let configuration: NodeProxyConfiguration
    let writer: ForwardingWriter
    let host: HostPreparation
    let portGuard: NodePortGuard
    let health: SyncHealth
    let board: ServiceHealthBoard
    let logger: Logger
    let metrics = ProxyMetrics()
    let purge = FlowPurge()
    let foreignEdits = ForeignEdits()

    /// Notes whether this host's Node is being deleted, and says so when that changes.
    func note(isNodeGoing: Bool) {
        guard health.state.isNodeGoing != isNodeGoing else { return }
        health.update { $0.isNodeGoing = isNodeGoing }
        logger.notice(
            isNodeGoing
                ? "this node is being deleted; balancers are told to send no more connections"
                : "this node is no longer being deleted")
    }
}
