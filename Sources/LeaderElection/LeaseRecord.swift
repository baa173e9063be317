/// What a Lease says, as far as an election goes.
///
/// Its times are text of the writer's clock: they tell people when, and one write from another.
/// Nobody compares them with a clock of his own.
package struct LeaseRecord: Hashable, Sendable {
    /// Who holds it; empty: nobody.
    package var holder: String
    /// How long others wait after they have seen it change.
    package var durationSeconds: Int
    /// When the holder got it.
    package var acquireTime: String
    /// When the holder wrote it last.
    package var renewTime: String
    /// How often it went from one holder to another.
    package var transitions: Int

    /// Gathers what a Lease says.
    package init(
        holder: String, durationSeconds: Int, acquireTime: String, renewTime: String,
        transitions: Int
    ) {
        self.holder = holder
        self.durationSeconds = durationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.transitions = transitions
    }
}
