package import Addressing

/// How packets for the addresses of Services find this host.
package struct AddressHolding: Hashable, Sendable {
    /// Where the addresses are put.
    package enum Place: Hashable, Sendable {
        /// On an interface, whose neighbours are told.
        case link(interface: String)
        /// On `lo`, from where a routing daemon of this host tells others.
        case host
        /// Nowhere: somebody else sees to it.
        case nowhere
    }

    /// When this host holds any addresses.
    package enum Condition: Hashable, Sendable {
        case always
        /// While it has this address, one that VRRP moves between balancers.
        case has(IPAddress)
        /// While it holds a Lease in the API.
        case holds(LeaseSeat)
    }

    /// Where the addresses are put.
    package var place: Place
    /// The interface by which packets for the addresses come in and go to the nodes, which
    /// direct return needs to know; nil: nobody said.
    package var device: String?
    /// When this host holds them: of a pair of balancers one does.
    package var condition = Condition.always
    /// True if neighbours are asked who has an address before it is claimed.
    package var probes = true
    /// True if the addresses are released when the balancer is asked to stop.
    package var releasesOnStop = true
    /// Between two announcements of an address that is held.
    package var announceInterval = Duration.seconds(60)

    /// Puts addresses in a place.
    package init(_ place: Place) {
        self.place = place
        if case .link(let interface) = place { device = interface }
    }

    /// The name of the interface that gets the addresses.
    var interface: String? {
        switch place {
        case .link(let interface): interface
        case .host: "lo"
        case .nowhere: nil
        }
    }

    /// Whether it is asked who has an address: not where a pair has decided it.
    var asksFirst: Bool {
        if case .link = place { probes && condition == .always } else { false }
    }
}

extension AddressHolding.Condition {
    /// The Lease that decides, if one does.
    var seat: LeaseSeat? {
        if case .holds(let seat) = self { seat } else { nil }
    }
}
