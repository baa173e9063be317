package import Addressing

/// One slot for each backend that takes traffic, so that few slots change when one of them comes
/// or goes: what a node's death costs, in each of its Services, should not grow with the nodes.
package enum SteadySlots {
    /// The backends that take traffic, each once.
    ///
    /// A backend keeps the slot that is its place among all; the places of those that take none
    /// are filled from the end. So as many slots change as there are backends out, and the table
    /// follows from the arguments alone: a restart finds what its predecessor left.
    package static func slots(
        of backends: [SocketEndpoint], where takesTraffic: (Int) -> Bool
    ) -> [SocketEndpoint] {
        let count = backends.indices.reduce(0) { takesTraffic($1) ? $0 + 1 : $0 }
        guard count < backends.count else { return backends }
        var slots = Array(backends.prefix(count))
        var last = backends.count
        for place in 0..<count where !takesTraffic(place) {
            repeat { last -= 1 } while !takesTraffic(last)
            slots[place] = backends[last]
        }
        return slots
    }
}
