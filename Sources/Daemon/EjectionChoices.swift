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
        policy.replyTime = try SettingText.positiveDuration(
            replyTime, flag: "--ejection-reply-time")
        policy.time = try SettingText.positiveDuration(time, flag: "--ejection-time")
        policy.maximumTime = try SettingText.positiveDuration(
            maximumTime, flag: "--ejection-maximum-time")
        guard policy.maximumTime >= policy.time else {
            throw ConfigurationError(
                "--ejection-maximum-time", "must not be shorter than --ejection-time")
        }
        policy.maximumShare = try SettingText.percent(share, flag: "--ejection-share")
        self.policy = policy
    }
}
