import Forwarding
import HealthChecking
import LoadBalancer
import ServiceTranslation

/// How a balancer makes up its mind beside its checks, and how it deals with nodes that come and
/// go, as flags say it.
package struct BalancerChoices: Sendable {
    var rules = BalancerRules()
    let slowStart: Duration
    let timeWait: TimeWait
    let fastInterval: Duration?
    let downInterval: Duration?
    let initial: InitialHealth
    let commandFolder: String

    /// Reads the flags.
    package init(
        dataPlane: String, directReturnSlots: String, balancing: String, panicThreshold: String,
        cordoned: String, onDown: String,
        slowStart: String, timeWait: String,
        checkFastInterval: String?, checkDownInterval: String?, checkInitial: String,
        checkCommands: String
    ) throws(ConfigurationError) {
        guard let plane = DataPlane(rawValue: dataPlane) else {
            throw ConfigurationError(
                "--data-plane",
                "\"\(dataPlane)\" is not masquerade, preserve-source or direct-return")
        }
        rules.dataPlane = plane
        guard let slots = Int(directReturnSlots), MaglevTable.sizes.contains(slots) else {
            let sizes = MaglevTable.sizes.map { "\($0)" }.joined(separator: ", ")
            throw ConfigurationError(
                "--direct-return-slots", "\"\(directReturnSlots)\" is not one of \(sizes)")
        }
        rules.directReturnSlots = slots
        guard let method = BalancingMethod(rawValue: balancing) else {
            throw ConfigurationError(
                "--balancing", "\"\(balancing)\" is not random, source-hash or maglev")
        }
        rules.method = method
        rules.panicThreshold = try SettingText.percent(panicThreshold, flag: "--panic-threshold")
        rules.avoidsCordoned = try SettingText.choice(
            cordoned, flag: "--cordoned", yes: "avoid", no: "use")
        rules.keepsEstablished = try SettingText.choice(
            onDown, flag: "--on-down", yes: "keep", no: "purge")
        self.slowStart =
            slowStart == "0" ? .zero : try SettingText.duration(slowStart, flag: "--slow-start")
        self.timeWait = try Self.timeWait(timeWait)
        fastInterval = try checkFastInterval.map { text throws(ConfigurationError) in
            try SettingText.positiveDuration(text, flag: "--check-fast-interval")
        }
        downInterval = try checkDownInterval.map { text throws(ConfigurationError) in
            try SettingText.positiveDuration(text, flag: "--check-down-interval")
        }
        guard let initial = InitialHealth(rawValue: checkInitial) else {
            throw ConfigurationError(
                "--check-initial",
                "\"\(checkInitial)\" is not fully-up, up, down or fully-down")
        }
        self.initial = initial
        commandFolder = checkCommands
    }

    /// Whole seconds, as the kernel counts them.
    private static func timeWait(_ text: String) throws(ConfigurationError) -> TimeWait {
        switch text {
        case "auto": return .paced
        case "keep": return .kept
        default: break
        }
        let time = try SettingText.duration(text, flag: "--time-wait")
        guard time >= .seconds(1), time == .seconds(time.components.seconds) else {
            throw ConfigurationError(
                "--time-wait", "\"\(text)\" is not whole seconds; write 10s, auto or keep")
        }
        return .atMost(seconds: Int(time.components.seconds))
    }
}
