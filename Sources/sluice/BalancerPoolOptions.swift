import ArgumentParser
import Daemon

/// Flags of the addresses that a balancer gives to Services.
struct BalancerPoolOptions: ParsableArguments {
    @Option(
        help: """
            Blocks of which Services of type LoadBalancer are given addresses, written to their \
            status; none by default: whoever has the API does it.
            """)
    var loadBalancerPool = Terminal.environment("load-balancer-pool") ?? ""

    @Option(
        help: """
            The loadBalancerClass of the Services that get an address of the pool; those without \
            a class by default.
            """)
    var loadBalancerClass: String?

    /// The settings in the daemon's terms.
    func settings() throws -> IngressChoices {
        try IngressChoices(
            loadBalancerPool: loadBalancerPool,
            loadBalancerClass: loadBalancerClass ?? Terminal.environment("load-balancer-class"))
    }
}
