package import Addressing
package import ServiceModel
import Synchronization

/// Whether this node has endpoints of the Services that balancers ask about.
///
/// The proxy writes here what the kernel holds; whoever listens at the ports reads it.
package final class ServiceHealthBoard: Sendable {
    /// What is said of one Service.
    package struct Entry: Hashable, Sendable {
        /// The Service.
        package let service: ServiceIdentity
        /// How many endpoints on this node take its traffic.
        package let localEndpointCount: Int

        /// Says how many there are.
        package init(service: ServiceIdentity, localEndpointCount: Int) {
            self.service = service
            self.localEndpointCount = localEndpointCount
        }
    }

    /// All that is said, for the next run: its tables may go on before an API answers.
    package struct Record: Codable, Equatable, Sendable {
        private struct Line: Codable, Equatable {
            let port: Int
            let namespace: String
            let name: String
            let localEndpoints: Int
        }

        private let addresses: [String]
        private let services: [Line]

        fileprivate init(_ state: State) {
            addresses = state.addresses.map(\.description)
            services = state.entries.sorted { $0.key < $1.key }.map { port, entry in
                Line(
                    port: Int(port.rawValue), namespace: entry.service.namespace,
                    name: entry.service.name, localEndpoints: entry.localEndpointCount)
            }
        }

        fileprivate var state: State {
            var state = State()
            state.addresses = addresses.compactMap { IPAddress($0) }
            for line in services {
                guard let port = Port(line.port) else { continue }
                state.entries[port] = Entry(
                    service: ServiceIdentity(namespace: line.namespace, name: line.name),
                    localEndpointCount: line.localEndpoints)
            }
            return state
        }
    }

    fileprivate struct State: Equatable {
        var entries: [Port: Entry] = [:]
        var addresses: [IPAddress] = []
    }

    /// Nil until anything is said.
    private let state = Mutex<State?>(nil)
    private let signal: AsyncStream<Void>.Continuation
    private let recordSignal: AsyncStream<Void>.Continuation
    /// Tells that `listeners` changed; for one reader.
    package let changes: AsyncStream<Void>
    /// Tells that `record` changed; for one reader.
    package let recordChanges: AsyncStream<Void>

    /// A board that says nothing yet.
    package init() {
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (recordChanges, recordSignal) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(1))
    }

    /// Where there is to be a listener: each health check port at each of the node's addresses.
    package var listeners: Set<SocketEndpoint> { state.withLock { Self.listeners(of: $0) } }

    /// What is said at a port; nil if no Service has it any more.
    package func entry(at port: Port) -> Entry? { state.withLock { $0?.entries[port] } }

    /// All that is said; nil if nothing is yet.
    package var record: Record? { state.withLock { $0.map(Record.init) } }

    /// Replaces all that is said.
    package func publish(_ entries: [Port: Entry], at addresses: [IPAddress]) {
        replace { _ in State(entries: entries, addresses: addresses) }
    }

    /// Says what an earlier run said, if this one has not said anything yet.
    package func resume(_ record: Record) {
        replace { $0 ?? record.state }
    }

    private func replace(_ new: (State?) -> State) {
        let (hasMoved, hasChanged) = state.withLock { state in
            let before = state
            state = new(before)
            return (Self.listeners(of: state) != Self.listeners(of: before), state != before)
        }
        if hasMoved { signal.yield() }
        if hasChanged { recordSignal.yield() }
    }

    private static func listeners(of state: State?) -> Set<SocketEndpoint> {
        guard let state else { return [] }
        return Set(
            state.entries.keys.flatMap { port in
                state.addresses.map { SocketEndpoint(address: $0, port: port) }
            })
    }
}
