package import Addressing
package import Forwarding
import Netfilter
import Ruleset

/// How many new connections each frontend and each of its backends had, summed up over readings.
///
/// The kernel's own counters start anew whenever an element is replaced, as a change of a
/// Service's endpoints does; these totals never fall. What was counted between the last reading
/// and a replacement is lost.
package struct ConnectionTotals: Sendable {
    /// A frontend's connections.
    package struct FrontendTotal: Hashable, Sendable {
        /// The comment of its element: for example `default/web:http nodePort`.
        package var label: String
        /// New connections, those that were refused or dropped for lack of endpoints included.
        package var connections: UInt64
    }

    /// A backend, as one frontend has it.
    package struct Backend: Hashable, Sendable {
        /// What clients connected to.
        package let frontend: Frontend
        /// Where they were sent.
        package let socket: SocketEndpoint
    }

    private struct Reading {
        let frontend: Frontend
        let socket: SocketEndpoint?
        let valueHash: Int
        let packets: UInt64
        let round: Int
    }

    private struct Place: Hashable {
        let set: String
        let key: ElementData
    }

    /// By frontend.
    package private(set) var frontends: [Frontend: FrontendTotal] = [:]
    /// By frontend and backend, without connections that affinity decided.
    package private(set) var backends: [Backend: UInt64] = [:]
    private var readings: [Place: Reading] = [:]
    private var round = 0

    /// Nothing has been counted.
    package init() {}

    /// Adds what an element has counted since it was last read.
    mutating func add(
        _ element: Element, _ packets: UInt64, of set: SetDeclaration, _ family: TableFamily
    ) {
        guard let frontend = Frontend(leading: element.key, of: set, family: family) else { return }
        var socket: SocketEndpoint?
        if case .data(let data) = element.value, case .data(let fields) = set.value {
            socket = SocketEndpoint(data, as: fields, family: family)
        }
        let reading = Reading(
            frontend: frontend, socket: socket, valueHash: element.value.hashValue,
            packets: packets, round: round)
        let place = Place(set: set.name, key: element.key)
        let new = Self.growth(from: readings.updateValue(reading, forKey: place), to: reading)
        if let socket {
            backends[Backend(frontend: frontend, socket: socket), default: 0] += new
        } else {
            let before = frontends[frontend]?.connections ?? 0
            frontends[frontend] = FrontendTotal(
                label: element.comment ?? "", connections: before + new)
        }
    }

    /// Ends a reading, and forgets what neither it nor the one before showed.
    ///
    /// One alone may have missed an element: see `NetfilterSocket.forEachCounter`.
    mutating func endRound() {
        readings = readings.filter { $0.value.round >= round - 1 }
        round += 1
        let present = Set(readings.values.map(\.frontend))
        let sockets = Set(
            readings.values.compactMap { reading in
                reading.socket.map { Backend(frontend: reading.frontend, socket: $0) }
            })
        frontends = frontends.filter { present.contains($0.key) }
        backends = backends.filter { sockets.contains($0.key) }
    }

    /// An element that was replaced meanwhile began at zero.
    private static func growth(from before: Reading?, to now: Reading) -> UInt64 {
        guard let before, before.valueHash == now.valueHash, before.packets <= now.packets else {
            return now.packets
        }
        return now.packets - before.packets
    }
}
