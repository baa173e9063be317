import Forwarding
import Logging
import Netfilter
import Ruleset

/// Finds out whether this host's kernel can hand packets to nodes as they are.
enum DirectReturnProbe {
    /// Where it is done, or why it cannot be, which is logged.
    static func place(
        _ configuration: LoadBalancerConfiguration, _ logger: Logger
    ) -> (layout: DirectReturnLayout?, obstacle: String?) {
        guard let device = configuration.holding.device else {
            return (nil, "--interface must say by which interface packets come in")
        }
        do throws(NetfilterError) {
            try attempt(at: device)
        } catch {
            logger.error(
                "this kernel has no netdev ingress hook: masquerade instead of direct-return",
                metadata: ["interface": "\(device)", "error": "\(error)"])
            return (nil, "\(error)")
        }
        let slots = configuration.rules.directReturnSlots
        return (DirectReturnLayout(device: device, slotCount: slots), nil)
    }

    /// Makes a chain at the device and takes it away again, in one transaction that nobody sees.
    private static func attempt(at device: String) throws(NetfilterError) {
        var socket = try NetfilterSocket()
        let table = TableID(.netdev, "sluice-probe")
        try socket.commit([
            .createTable(table, flags: [], comment: nil),
            .createChain(
                table, name: "probe", base: BaseChain(ingressOf: device, priority: 0), comment: nil),
            .deleteTable(table),
        ])
    }
}
