package import Admission
package import HealthChecking

/// What a balancer has to know before it starts.
package struct LoadBalancerConfiguration: Sendable {
    /// How packets for the addresses of Services find this host.
    package let holding: AddressHolding
    /// How nodes are checked where a Service does not say it itself.
    package let check: CheckDefinition
    /// How often they are, and how many results in a row change the mind about one.
    package let policy: HealthPolicy
    /// How it makes up its mind beside the checks.
    package var rules = BalancerRules()
    /// How long a node that returns takes to get its full share; zero: it has it at once.
    package var slowStart = Duration.zero
    /// Where the programs are that checks may run; nil: they may run none.
    package var commandFolder: String?
    /// The file in which orders for nodes outlive a restart; nil: they do not.
    package var ordersFile: String?
    /// The file in which it outlives a restart which nodes are not well; nil: it does not.
    package var healthFile: String?
    /// The file in which ejections outlive a restart; nil: they do not.
    package var ejectionFile: String?
    /// The file in which the blocklist outlives a restart of the host; nil: it does not.
    package var blocklistFile: String?
    /// Which Services are given addresses, and from where; nil: somebody else gives them.
    package var ingress: IngressPolicy?
    /// How long the kernel remembers connections that both ends closed.
    package var timeWait = TimeWait.paced
    /// True if frontends and endpoints count their connections in the kernel.
    package let hasCounters: Bool
    /// True if the tables are to be owned, so that nobody else can change them.
    package let ownsTables: Bool

    /// Checks that wait for an answer at the same time; further ones wait for their turn.
    ///
    /// Each needs a file descriptor, of which a process may have 1,024 unless told otherwise.
    package var maximumConcurrentChecks = 768
    /// How often it is looked whether somebody else changed a ruleset.
    package var compareInterval = Duration.milliseconds(250)
    /// The same for owned tables, which nobody else can change: only to be sure.
    package var ownedCompareInterval = Duration.seconds(30)
    /// How long work may wait before the balancer calls itself unhealthy.
    package var stallTimeout = Duration.seconds(60)

    /// Gathers the settings of one balancer.
    package init(
        holding: AddressHolding, check: CheckDefinition, policy: HealthPolicy,
        hasCounters: Bool = true, ownsTables: Bool
    ) {
        self.holding = holding
        self.check = check
        self.policy = policy
        self.hasCounters = hasCounters
        self.ownsTables = ownsTables
    }
}
