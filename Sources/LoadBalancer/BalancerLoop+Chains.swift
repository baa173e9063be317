import Logging
import Netfilter
import TableSync

/// What frontends shared, and none has any more.
extension BalancerLoop {
    /// Between two looks, as long as on a node.
    ///
    /// A Service that swings between two numbers of nodes finds both chains there.
    static let chainSweepInterval = Duration.seconds(10)

    /// Removes chains that no frontend needs any more, with the sets of clients that go with a
    /// bound, when it is time to; failing at it is said, and stops nothing.
    mutating func sweepIdleChains() async {
        let now = clock.now
        guard now >= nextChainSweep else { return }
        nextChainSweep = now + Self.chainSweepInterval
        do {
            metrics.swept(try await hands.writer.sweepIdleChains())
        } catch {
            logger.warning("idle chains could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
