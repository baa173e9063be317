import Addressing
import ServiceModel

/// All targets of a Service, and which of them each of its frontends leads to.
///
/// It holds as long as neither the Service nor the nodes change, however they are.
package struct BalancerTargets: Sendable {
    /// The targets that the frontends of one port have in one family.
    struct Place: Sendable {
        /// Where they are among all.
        let range: Range<Int>
        /// Their sockets, in order of the nodes.
        let sockets: [SocketEndpoint]
        /// Their addresses and those of the nodes that are away for a while: the same for all
        /// Services on these nodes.
        let addresses: [IPAddress]
    }

    /// All of them: a port after the other, a family after the other, in order of the nodes.
    package let all: [BalancerFrontends.Target]
    private let places: [Place]

    /// No target at all.
    package init() {
        self.init([])
    }

    /// - Parameters:
    ///   - all: all of them, in order.
    ///   - absent: the addresses of nodes that are away for a while.
    init(_ all: [BalancerFrontends.Target], absent: [IPAddress] = []) {
        self.all = all
        var places: [Place] = []
        var start = 0
        for end in stride(from: 1, through: all.count, by: 1) {
            if end < all.count, all[end].isOfSamePlace(as: all[start]) { continue }
            let sockets = all[start..<end].map(\.socket)
            let away = absent.filter { $0.family == all[start].socket.address.family }
            places.append(
                Place(
                    range: start..<end, sockets: sockets,
                    addresses: sockets.map(\.address) + away))
            start = end
        }
        self.places = places
    }

    /// Where among all those of each port and family are.
    package var ranges: [Range<Int>] { places.map(\.range) }

    /// Where a port's frontends of a family lead; nil if there is nobody.
    func place(of port: ServicePort, _ family: IPFamily) -> Place? {
        places.first { all[$0.range.lowerBound].isOf(port, family) }
    }
}

extension BalancerFrontends.Target {
    /// Whether a port's frontends of a family lead here.
    fileprivate func isOf(_ port: ServicePort, _ family: IPFamily) -> Bool {
        socket.port == port.nodePort && transport == port.transport
            && socket.address.family == family
    }

    fileprivate func isOfSamePlace(as other: Self) -> Bool {
        socket.port == other.socket.port && transport == other.transport
            && socket.address.family == other.socket.address.family
    }
}
