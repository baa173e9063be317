import Foundation

/// In which state the proxies are when a behaviour is looked at.
enum Phase: String, CaseIterable, Sendable {
    /// They run since before the Services of the test were made.
    case fresh
    /// They were killed and started again after the Services had been made.
    case restarted

    /// The phase that the current test is in.
    @TaskLocal static var current = Phase.fresh

    /// `SLUICE_BEHAVIOURS=all` goes through both; anything else through the first alone.
    static let selected: [Phase] =
        ProcessInfo.processInfo.environment["SLUICE_BEHAVIOURS"] == "all" ? allCases : [.fresh]
}
