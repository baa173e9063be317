import ArgumentParser
import Daemon

/// Flags of where a balancer puts the LoadBalancer addresses, and when.
struct BalancerAddressOptions: ParsableArguments {
    @Option(
        help: """
            How packets for the LoadBalancer addresses find this host: arp (on --interface, told \
            to the neighbours), route (on lo, for a routing daemon) or none (somebody else does it).
            """)
    var announce = Terminal.environment("announce") ?? "arp"

    @Option(
        help: """
            The interface that bears the LoadBalancer addresses; required with arp, and for \
            direct-return.
            """)
    var interface: String?

    @OptionGroup var pair: BalancerPairOptions

    @Option(help: "Whether neighbours are asked who has an address before it is claimed: on, off.")
    var probe = Terminal.environment("probe") ?? "on"

    @Option(help: "What becomes of the addresses when the balancer is stopped: release or keep.")
    var onStop = Terminal.environment("on-stop") ?? "release"

    @Option(
        help: """
            When an address is given up: its Services have no node to send to (empty), no healthy \
            one (unhealthy), or never.
            """)
    var withdraw = Terminal.environment("withdraw") ?? "empty"

    /// The settings in the daemon's terms.
    func settings() throws -> AddressChoices {
        try AddressChoices(
            announce: announce, interface: interface ?? Terminal.environment("interface"),
            pair: pair.settings(), probe: probe, onStop: onStop, withdraw: withdraw)
    }
}

/// `sluice balancer is-ready`.
struct BalancerIsReadyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "is-ready",
        abstract: "Succeed if the balancer of this host can take traffic, else say why it cannot.",
        discussion: "What keepalived asks before it lets a host lead; see deploy/keepalived.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        print(try await BalancerReport.readiness(common: common.settings()))
    }
}

/// `sluice balancer release`.
struct BalancerReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Take the addresses of a balancer that was killed off this host.",
        discussion: """
            One that runs sees to its addresses itself: then this does nothing. keepalived calls \
            it on the host that does not lead; see deploy/keepalived.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        for line in try await AddressRelease.run(common: common.settings()) { print(line) }
    }
}
