package import FoundationEssentials
package import ServiceModel

/// Whether people let a node take traffic.
package enum ServingState: String, Hashable, Sendable, Codable, Comparable {
    /// It does, if its checks agree.
    case ready
    /// It takes no new connections; those it has go on, until they end or the deadline comes.
    case drain
    /// It takes none, those it has are ended, and it is not checked.
    case maintenance

    /// Orders by how much is taken away.
    package static func < (left: ServingState, right: ServingState) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .ready: 0
        case .drain: 1
        case .maintenance: 2
        }
    }
}

/// What somebody ordered for a node, or for one Service on it.
package struct NodeOrder: Hashable, Sendable, Codable {
    /// Where an order holds.
    package struct Place: Hashable, Sendable, Codable {
        /// The Node object's name.
        package let node: String
        /// One Service's `namespace/name`; nil: all of them.
        package let service: String?

        /// A node, or one Service on it.
        package init(node: String, service: String? = nil) {
            self.node = node
            self.service = service
        }
    }

    /// Where it holds.
    package let place: Place
    /// What is wanted.
    package let state: ServingState
    /// When it was ordered.
    package let since: Date
    /// When a drain ends whatever goes on; nil: when the last connection does.
    package let deadline: Date?

    /// An order.
    package init(_ state: ServingState, for place: Place, since: Date, deadline: Date? = nil) {
        self.state = state
        self.place = place
        self.since = since
        self.deadline = deadline
    }
}

/// The orders in force: those given through the socket, and those in annotations.
package struct NodeOrders: Hashable, Sendable {
    /// Orders given through the socket, by place.
    package private(set) var given: [NodeOrder.Place: NodeOrder] = [:]

    /// No orders, or those of an earlier run.
    package init(_ orders: [NodeOrder] = []) {
        for order in orders { give(order) }
    }

    /// Takes an order; `ready` takes the earlier one of its place back.
    package mutating func give(_ order: NodeOrder) {
        given[order.place] = order.state == .ready ? nil : order
    }

    /// What holds for a Service on a node: the strictest of all that is said.
    package func state(of node: NodeIdentity, for service: ServiceDefinition) -> ServingState {
        if given.isEmpty, node.notes.isEmpty, service.notes.isEmpty { return .ready }
        return max(
            state(of: node),
            given[.init(node: node.name, service: "\(service.identity)")]?.state ?? .ready,
            Self.state(of: node, in: service.notes))
    }

    /// What holds for a node as a whole.
    package func state(of node: NodeIdentity) -> ServingState {
        max(
            given[.init(node: node.name)]?.state ?? .ready,
            node.notes[Self.stateNote].flatMap(ServingState.init(rawValue:)) ?? .ready)
    }

    /// The deadline of a drain that was ordered through the socket.
    package func deadline(of node: String, for service: ServiceIdentity) -> Date? {
        let deadlines = [NodeOrder.Place(node: node), .init(node: node, service: "\(service)")]
            .compactMap { given[$0]?.deadline }
        return deadlines.min()
    }

    /// When the state of a Service on a node was ordered through the socket.
    package func since(of node: String, for service: ServiceIdentity) -> Date? {
        (given[.init(node: node, service: "\(service)")] ?? given[.init(node: node)])?.since
    }

    /// What in the annotations of a node means nothing.
    package static func problem(of node: NodeIdentity) -> String? {
        guard let text = node.notes[stateNote], ServingState(rawValue: text) == nil else {
            return nil
        }
        return "Node \(node.name), sluice.io/\(stateNote): \(text.prefix(80).debugDescription) is "
            + "not ready, drain or maintenance; the node counts as ready"
    }

    /// On a Node: its state for all Services.
    private static let stateNote = "balancer-state"
    /// On a Service: nodes by name, separated by commas, that are in a state for it.
    private static let listNotes: [(ServingState, String)] = [
        (.drain, "balancer-drain"), (.maintenance, "balancer-maintenance"),
    ]

    private static func state(
        of node: NodeIdentity, in notes: [String: String]
    ) -> ServingState {
        guard !notes.isEmpty else { return .ready }
        return listNotes.filter { _, name in
            notes[name]?.split(separator: ",").contains { part in
                part.drop { $0 == " " } == node.name
            } ?? false
        }.map(\.0).max() ?? .ready
    }
}
