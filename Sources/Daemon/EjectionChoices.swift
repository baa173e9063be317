import HealthChecking

/// Whether nodes are ejected for their connections, as flags say it.
package struct EjectionChoices: Sendable {
    let ejects: Bool
    let policy: EjectionPolicy

    /// Reads the flags.
    package init(
        ejection: String, failures: String, replyTime: String, time: String,
        maximumTime: String, share: String
    ) throws(ConfigurationError) {
        ejects = try SettingText.choice(ejection, flag: "--ejection", yes: "on", no: "off")
        var policy = EjectionPolicy()
        policy.failures = try SettingText.count(failures, flag: "--ejection-failures")
        policy.replyTime = try Self.time(replyTime, "--ejection-reply-time")
        policy.time = try Self.time(time, "--ejection-time")
        policy.maximumTime = try Self.time(maximumTime, "--ejection-maximum-time")
        guard policy.maximumTime >= policy.time else {
            throw ConfigurationError(
                "--ejection-maximum-time", "must not be shorter than --ejection-time")
        }
        guard let percent = Int(share), 0...100 ~= percent else {
            throw ConfigurationError(
                "--ejection-share", "\"\(share)\" is not a share from 0 to 100")
        }
        policy.maximumShare = percent
        self.policy = policy
    }

    private static func time(
        _ text: String, _ flag: String
    ) throws(ConfigurationError) -> Duration {
        let time = try SettingText.duration(text, flag: flag)
        guard time > .zero else { throw ConfigurationError(flag, "must be longer than zero") }
        return time
    }
}
