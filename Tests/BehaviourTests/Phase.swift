import Foundation

/// In which state the proxies are when a behaviour is looked at.
enum Phase: String, CaseIterable, Sendable {
    /// They run since before the Services of the test were made.
    case fresh
    /// They were killed and started again after the Services had been made.
    case restarted

    /// The phase that the current test is in.
    @TaskLocal static var current = Phase.fresh
}

/// Which behaviours are looked at, and in which phases, as the environment says.
enum Selection {
    private static let environment = ProcessInfo.processInfo.environment

    /// `SLUICE_BEHAVIOURS=all` stands for all of them in both phases.
    ///
    /// Else it is what continuous integration has the time for: the first phase, without those
    /// that take seconds.
    private static let isComplete = environment["SLUICE_BEHAVIOURS"] == "all"

    /// `SLUICE_BEHAVIOURS_ONLY`: numbers with blanks between them; empty: no choice is made.
    private static let wanted = Set(
        (environment["SLUICE_BEHAVIOURS_ONLY"] ?? "").split(separator: " "))

    /// They wait for timeouts, send a load for seconds, or restart a proxy several times.
    private static let slow: Set<Substring> = [
        "30", "49", "54", "67", "70", "71", "97", "98", "104", "105", "106", "109", "111", "112",
        "117", "119", "120", "123", "126", "135", "S3", "S4", "S5",
    ]

    static let phases: [Phase] = isComplete ? Phase.allCases : [.fresh]

    /// Whether the behaviour of this name, which begins with its number, is looked at.
    static func includes(_ name: String) -> Bool {
        let number = name.prefix { $0 != ":" }
        guard wanted.isEmpty else { return wanted.contains(number) }
        return isComplete || !slow.contains(number)
    }
}
