import HostJournal
import Logging
import Support
import TableSync

@testable import NodeProxy

/// The parts of a proxy that writes to the tables of a namespace, logs nothing, and notes
/// what it does in a directory.
func proxyParts(
    _ configuration: NodeProxyConfiguration, in namespace: NetworkNamespace,
    journal directory: String
) throws -> ProxyParts {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let journal = try HostJournal(directory: directory, role: "proxy", inNamespace: namespace.name)
    return ProxyParts(
        configuration: configuration,
        writer: try ForwardingWriter(
            layout: NodePlan(configuration).layout, inNamespace: namespace.name),
        host: HostPreparation(serviceRanges: [], journal: journal, logger: logger),
        portGuard: NodePortGuard(journal: journal, namespace: namespace.name, logger: logger),
        health: SyncHealth(stallTimeout: .seconds(60)), board: ServiceHealthBoard(),
        logger: logger)
}
