/// Here, because it is the lowest room of those that tell durations in metrics and logs: the
/// floors below know no clock, and the proxy and the balancer import nothing of each other.
extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
