/// How many elements the next transaction that fills a table may have.
///
/// The kernel holds one lock for all of a transaction, and how long depends on the machine and, for
/// a map of verdicts, on all that it holds already.
struct FillingPace {
    /// What a transaction should take; none should take more than 100 ms.
    static let aim = Duration.milliseconds(40)
    /// The most elements: of 10,000 the slowest among a million took 104 ms.
    static let most = CommitPlan.elementsPerTransaction
    /// The fewest: each transaction that adds verdicts has the kernel go through all of them.
    static let fewest = 2_000

    /// How many elements it is now.
    private(set) var elements = 4_000

    /// Notes how long a transaction took that was full.
    mutating func note(_ duration: Duration) {
        let fitting = Double(elements) * (Self.aim / max(duration, .microseconds(1)))
        // Down at once, up by little: a short one may have been lucky.
        let next = min(fitting, Double(elements) * 1.25)
        elements = min(Self.most, max(Self.fewest, Int(next)))
    }
}
