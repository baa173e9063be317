import ArgumentParser
import Daemon

/// `sluice balancer block`.
struct BalancerBlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block",
        abstract: "Drop whatever an address or a CIDR block sends to a LoadBalancer address.",
        discussion: """
            Connections that stand are cut off as well. It outlives restarts of the balancer and of \
            the host; the balancer's other addresses are not closed.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "An address or a CIDR block, such as 203.0.113.10 or 203.0.113.0/24.")
    var address: String

    @Option(
        name: .customLong("for"),
        help: "How long, such as 30s, 10m or 24h; until `unblock` by default.")
    var time: String?

    func run() async throws {
        try await BalancerBlocks.block(address, for: time, common: common.settings())
    }
}

/// `sluice balancer unblock`.
struct BalancerUnblockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock",
        abstract: "Take a `block` back; other blocks that hold the same addresses stay.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "What was blocked.")
    var address: String

    func run() async throws {
        try await BalancerBlocks.unblock(address, common: common.settings())
    }
}

/// `sluice balancer blocklist`.
struct BalancerBlocklistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blocklist",
        abstract: "Print who is blocked by the balancer that runs on this host.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let common = try common.settings()
        print(
            try await output.isJSON
                ? BalancerBlocks.json(common: common) : BalancerBlocks.text(common: common))
    }
}
