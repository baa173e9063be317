import Admission

/// Which Services a balancer gives addresses, as flags say it.
package struct IngressChoices: Sendable {
    /// Nil: none.
    let policy: IngressPolicy?

    /// Reads the flags.
    package init(
        loadBalancerPool: String, loadBalancerClass: String?
    ) throws(ConfigurationError) {
        let blocks = try SettingText.blocks(loadBalancerPool, flag: "--load-balancer-pool")
        let name = loadBalancerClass.flatMap { $0.isEmpty ? nil : $0 }
        guard !blocks.isEmpty else {
            guard name == nil else {
                throw ConfigurationError(
                    "--load-balancer-class", "says whose addresses; give --load-balancer-pool too")
            }
            policy = nil
            return
        }
        policy = IngressPolicy(blocks: blocks, loadBalancerClass: name)
    }
}
