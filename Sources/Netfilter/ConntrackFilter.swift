package import Addressing

/// Which flows are meant: those that meet all that is said; nil says nothing.
package struct FlowFilter: Hashable, Sendable {
    /// TCP, UDP or SCTP only.
    package var transport: TransportProtocol?
    /// Where the client sent to: the original destination.
    package var frontend: SocketEndpoint?
    /// Who answers: the reply's source; the frontend itself for a flow that is not translated.
    package var backend: SocketEndpoint?
    /// A whole node, whatever the port: the address of the reply's source.
    package var backendAddress: IPAddress?
    /// Only flows that nobody answered yet; see `Flow.isUnanswered`.
    package var onlyUnanswered: Bool

    /// Makes a filter; without any argument it means every flow.
    package init(
        transport: TransportProtocol? = nil, frontend: SocketEndpoint? = nil,
        backend: SocketEndpoint? = nil, backendAddress: IPAddress? = nil,
        onlyUnanswered: Bool = false
    ) {
        self.transport = transport
        self.frontend = frontend
        self.backend = backend
        self.backendAddress = backendAddress
        self.onlyUnanswered = onlyUnanswered
    }

    /// Whether it names a frontend, a backend or a node, so that it cannot mean every flow.
    package var namesAnEnd: Bool {
        frontend != nil || backend != nil || backendAddress != nil
    }

    /// Whether the flow is one of those meant.
    package func matches(_ flow: Flow) -> Bool {
        (transport == nil || transport == flow.transport)
            && (!onlyUnanswered || flow.isUnanswered)
            && (frontend == nil || frontend == flow.frontend)
            && (backend == nil || backend == flow.backend)
            && (backendAddress == nil || backendAddress == flow.reply.source)
    }

    /// The family of the ends it names, or nil when it names none.
    var family: IPFamily? {
        (frontend?.address ?? backend?.address ?? backendAddress)?.family
    }

    /// All that the filters have in common: it matches each flow that one of them matches.
    static func common(of filters: some Collection<FlowFilter>) -> FlowFilter {
        guard var common = filters.first else { return FlowFilter() }
        common.backendAddress = common.backend?.address ?? common.backendAddress
        for filter in filters.dropFirst() {
            if common.transport != filter.transport { common.transport = nil }
            if common.frontend != filter.frontend { common.frontend = nil }
            if common.backend != filter.backend { common.backend = nil }
            let backendAddress = filter.backend?.address ?? filter.backendAddress
            if common.backendAddress != backendAddress { common.backendAddress = nil }
            common.onlyUnanswered = common.onlyUnanswered && filter.onlyUnanswered
        }
        return common
    }
}

/// Many filters, looked up by the ends they name, so that a flow is compared with few of them.
struct FlowFilterIndex {
    private var byBackend: [SocketEndpoint: [FlowFilter]] = [:]
    private var byFrontend: [SocketEndpoint: [FlowFilter]] = [:]
    private var byBackendAddress: [IPAddress: [FlowFilter]] = [:]
    private var unnamed: [FlowFilter] = []

    init(_ filters: some Sequence<FlowFilter>) {
        for filter in Set(filters) {
            if let backend = filter.backend {
                byBackend[backend, default: []].append(filter)
            } else if let frontend = filter.frontend {
                byFrontend[frontend, default: []].append(filter)
            } else if let address = filter.backendAddress {
                byBackendAddress[address, default: []].append(filter)
            } else {
                unnamed.append(filter)
            }
        }
    }

    /// Whether one of the filters matches the flow.
    func matches(_ flow: Flow) -> Bool {
        if let backend = flow.backend, contains(byBackend[backend], flow) { return true }
        if let frontend = flow.frontend, contains(byFrontend[frontend], flow) { return true }
        return contains(byBackendAddress[flow.reply.source], flow) || contains(unnamed, flow)
    }

    private func contains(_ filters: [FlowFilter]?, _ flow: Flow) -> Bool {
        filters?.contains { $0.matches(flow) } ?? false
    }
}

extension Flow {
    /// The original destination, or nil where its port is 0.
    package var frontend: SocketEndpoint? {
        Self.endpoint(original.destination, original.destinationPort)
    }

    /// The reply's source, or nil where its port is 0.
    package var backend: SocketEndpoint? {
        Self.endpoint(reply.source, reply.sourcePort)
    }

    private static func endpoint(_ address: IPAddress, _ port: UInt16) -> SocketEndpoint? {
        Port(Int(port)).map { SocketEndpoint(address: address, port: $0) }
    }
}
