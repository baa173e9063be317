package import Addressing

/// Turns weights into slots: a backend of twice the weight fills twice the slots, and the kernel
/// picks one slot by chance.
package enum WeightedSlots {
    /// The most slots of one frontend; a frontend with more backends has one slot for each.
    ///
    /// Slots are elements in the kernel, so a bound on them bounds what one Service may cost.
    package static let limit = 1_024
    /// Weights above this count as this.
    package static let heaviest = 1_000_000

    /// The slots of these backends, in their order; one of weight 0 or less has none.
    ///
    /// Shares are exact while the weights, divided by what they have in common, fit into `limit`;
    /// otherwise the nearest that fit, at least one slot for each.
    package static func slots(
        _ weighted: [(backend: SocketEndpoint, weight: Int)], limit: Int = Self.limit
    ) -> [SocketEndpoint] {
        let used = weighted.filter { $0.weight > 0 }
        let counts = counts(used.map { min($0.weight, heaviest) }, limit: limit)
        return zip(used, counts).flatMap { Array(repeating: $0.backend, count: $1) }
    }

    private static func counts(_ weights: [Int], limit: Int) -> [Int] {
        let divisor = weights.reduce(0, greatestCommonDivisor)
        guard divisor > 0 else { return [] }
        let exact = weights.map { $0 / divisor }
        guard exact.reduce(0, +) > limit, weights.count < limit else {
            return exact.reduce(0, +) > limit ? weights.map { _ in 1 } : exact
        }
        return nearest(to: exact, total: limit)
    }

    /// Shares of `total`: each the whole part of its quota and at least one, the rest to those
    /// that lost most by rounding.
    private static func nearest(to weights: [Int], total: Int) -> [Int] {
        let sum = weights.reduce(0, +)
        var counts = weights.map { max(1, $0 * total / sum) }
        let byLoss = weights.indices.sorted {
            let (left, right) = (weights[$0] * total % sum, weights[$1] * total % sum)
            return (left, $1) > (right, $0)
        }
        var missing = total - counts.reduce(0, +)
        for index in byLoss where missing > 0 {
            counts[index] += 1
            missing -= 1
        }
        // Many small weights, raised to one slot, may have taken more than there is.
        while missing < 0, let largest = counts.indices.max(by: { counts[$0] < counts[$1] }) {
            counts[largest] -= 1
            missing += 1
        }
        return counts
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}
