import ArgumentParser
import Daemon

/// Flags of how a balancer deals with nodes whose connections fail, whatever checks say.
struct BalancerEjectionOptions: ParsableArguments {
    @Option(
        help:
            "Whether nodes are ejected that leave connections unanswered or refuse them: on or off."
    )
    var ejection = Terminal.environment("ejection") ?? "off"

    @Option(help: "Failed connections in a row that eject a node.")
    var ejectionFailures = Terminal.environment("ejection-failures") ?? "5"

    @Option(help: "Time after which a connection without any answer has failed.")
    var ejectionReplyTime = Terminal.environment("ejection-reply-time") ?? "1500ms"

    @Option(help: "How long a first ejection lasts; each further one twice as long.")
    var ejectionTime = Terminal.environment("ejection-time") ?? "30s"

    @Option(help: "The longest that an ejection lasts.")
    var ejectionMaximumTime = Terminal.environment("ejection-maximum-time") ?? "5m"

    @Option(
        help: "Share of a Service's nodes, in percent, ejected at once; one of two in any case.")
    var ejectionShare = Terminal.environment("ejection-share") ?? "10"

    /// The settings in the daemon's terms.
    func settings() throws -> EjectionChoices {
        try EjectionChoices(
            ejection: ejection, failures: ejectionFailures, replyTime: ejectionReplyTime,
            time: ejectionTime, maximumTime: ejectionMaximumTime, share: ejectionShare)
    }
}
