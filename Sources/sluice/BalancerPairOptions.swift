import ArgumentParser
import Daemon

/// Flags of which of several balancers holds the LoadBalancer addresses.
struct BalancerPairOptions: ParsableArguments {
    @Option(
        help: """
            Hold the addresses only while this host has ADDRESS, which keepalived moves between \
            two balancers.
            """)
    var followAddress: String?

    @Option(
        help: """
            Who of several balancers holds the addresses: lease (whoever holds a Lease in the \
            API), or off (this one, or see --follow-address).
            """)
    var pair = Terminal.environment("pair") ?? "off"

    @Option(help: "This balancer's name in the Lease; the host name by default.")
    var nodeName: String?

    @Option(help: "The Lease's name, the same for all balancers of a pair.")
    var leaseName = Terminal.environment("lease-name") ?? "sluice-balancer"

    @Option(help: "The Lease's namespace.")
    var leaseNamespace = Terminal.environment("lease-namespace") ?? "kube-system"

    @Option(help: "How long others wait after they saw the Lease change last; whole seconds.")
    var leaseDuration = Terminal.environment("lease-duration") ?? "5s"

    @Option(
        help: """
            How long a holder that cannot renew the Lease keeps the addresses; at least 2s less \
            than the duration.
            """)
    var renewDeadline = Terminal.environment("renew-deadline") ?? "3s"

    @Option(help: "Time from one attempt to get or to renew the Lease to the next.")
    var retryPeriod = Terminal.environment("retry-period") ?? "500ms"

    /// The settings in the daemon's terms.
    func settings() throws -> PairChoices {
        try PairChoices(
            pair: pair, followAddress: followAddress ?? Terminal.environment("follow-address"),
            nodeName: nodeName ?? Terminal.environment("node-name"), leaseName: leaseName,
            leaseNamespace: leaseNamespace, leaseDuration: leaseDuration,
            renewDeadline: renewDeadline, retryPeriod: retryPeriod)
    }
}
