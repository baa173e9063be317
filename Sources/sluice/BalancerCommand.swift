import ArgumentParser
import Daemon

struct BalancerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balancer",
        abstract: "Steer LoadBalancer addresses to the healthy nodes, from a host of its own.",
        discussion: """
            Without a subcommand it runs the balancer; `sluice balancer run --help` names the flags.
            """,
        subcommands: [
            BalancerRunCommand.self, BalancerStatusCommand.self, BalancerDrainCommand.self,
            BalancerMaintainCommand.self, BalancerReadyCommand.self, BalancerBlockCommand.self,
            BalancerUnblockCommand.self, BalancerBlocklistCommand.self,
            BalancerIsReadyCommand.self, BalancerReleaseCommand.self,
        ],
        defaultSubcommand: BalancerRunCommand.self)
}

struct BalancerRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the balancer.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var source: APISourceOptions

    @OptionGroup var addresses: BalancerAddressOptions
    @OptionGroup var pool: BalancerPoolOptions

    @Option(
        help: """
            How a node is checked where its Service does not say: http[s]:PORT/PATH, tcp[:PORT], \
            grpc[:PORT][/SERVICE] or exec/NAME; without PORT at the Service's nodePort.
            """)
    var check = Terminal.environment("check") ?? "http:10256/readyz"

    @Option(help: "Time between two checks of a node, such as 200ms, 2s or 1m.")
    var checkInterval = Terminal.environment("check-interval") ?? "2s"

    @Option(help: "Time after which a check has failed; the interval by default.")
    var checkTimeout: String?

    @Option(help: "Successes in a row until a node is healthy.")
    var rise = Terminal.environment("rise") ?? "2"

    @Option(help: "Failures in a row until a node is unhealthy.")
    var fall = Terminal.environment("fall") ?? "3"

    @OptionGroup var choices: BalancerChoiceOptions
    @OptionGroup var ejection: BalancerEjectionOptions

    @Option(help: "Who may change the tables: auto (this process alone, if the kernel can) or off.")
    var tableOwner = Terminal.environment("table-owner") ?? "auto"

    @Option(help: "ADDRESS:PORT of /healthz, /readyz and /status.")
    var listen = Terminal.environment("listen") ?? "127.0.0.1:10257"

    @Option(help: "ADDRESS:PORT of /metrics.")
    var metricsAddress = Terminal.environment("metrics-address") ?? "127.0.0.1:10250"

    func run() async throws {
        try await Roles.balancer(
            BalancerSettings(
                source: source.source(), addresses: addresses.settings(),
                ingress: pool.settings(), check: check,
                checkInterval: checkInterval,
                checkTimeout: checkTimeout ?? Terminal.environment("check-timeout"), rise: rise,
                fall: fall, choices: choices.settings(), ejection: ejection.settings(),
                tableOwner: tableOwner,
                listen: SettingText.listener(listen, flag: "--listen"),
                metrics: SettingText.listener(metricsAddress, flag: "--metrics-address")),
            common: common.settings())
    }
}

/// Flags of how a balancer makes up its mind beside the checks.
struct BalancerChoiceOptions: ParsableArguments {
    @Option(help: "Time between checks while results contradict what is believed.")
    var checkFastInterval: String?

    @Option(help: "Time between checks of a node that is down.")
    var checkDownInterval: String?

    @Option(help: "What an unchecked node is taken for: fully-up, up, down or fully-down.")
    var checkInitial = Terminal.environment("check-initial") ?? "fully-up"

    @Option(help: "The folder of the programs that checks may run.")
    var checkCommands = Terminal.environment("check-commands") ?? "/etc/sluice/checks"

    @Option(
        help: """
            How packets get to the nodes where a Service does not say: masquerade, \
            preserve-source or direct-return.
            """)
    var dataPlane = Terminal.environment("data-plane") ?? "masquerade"

    @Option(
        help: """
            Slots that the nodes share with direct-return: 251, 1021, 4093, 16381 or 65521; the \
            same on all balancers.
            """)
    var directReturnSlots = Terminal.environment("direct-return-slots") ?? "4093"

    @Option(help: "How a node is chosen: random, source-hash or maglev.")
    var balancing = Terminal.environment("balancing") ?? "random"

    @Option(help: "Share of healthy nodes, in percent, below which all are used; 0: never.")
    var panicThreshold = Terminal.environment("panic-threshold") ?? "50"

    @Option(
        help: "Time in which a node that returns gets its share back, step by step; 0: at once.")
    var slowStart = Terminal.environment("slow-start") ?? "0"

    @Option(help: "Whether cordoned nodes get new connections: use or avoid.")
    var cordoned = Terminal.environment("cordoned") ?? "use"

    @Option(
        help: "Connections to a node that goes down: purge, so that clients reconnect, or keep.")
    var onDown = Terminal.environment("on-down") ?? "purge"

    @Option(
        help: """
            How long the kernel remembers connections that both ends closed, at most, in seconds; \
            auto: 64s, as long as backends do, less (down to 10s) where ports or room in its table \
            run short; keep: as long as it does by itself.
            """)
    var timeWait = Terminal.environment("time-wait") ?? "auto"

    /// The settings in the daemon's terms.
    func settings() throws -> BalancerChoices {
        try BalancerChoices(
            dataPlane: dataPlane, directReturnSlots: directReturnSlots,
            balancing: balancing, panicThreshold: panicThreshold, cordoned: cordoned,
            onDown: onDown,
            slowStart: slowStart, timeWait: timeWait,
            checkFastInterval: checkFastInterval ?? Terminal.environment("check-fast-interval"),
            checkDownInterval: checkDownInterval ?? Terminal.environment("check-down-interval"),
            checkInitial: checkInitial, checkCommands: checkCommands)
    }
}
