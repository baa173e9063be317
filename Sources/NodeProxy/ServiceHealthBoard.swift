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

    private struct State {
        var entries: [Port: Entry] = [:]
        var addresses: [IPAddress] = []
    }

    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    /// Tells that `listeners` changed; for one reader.
    package let changes: AsyncStream<Void>

    /// A board that says nothing yet.
    package init() {
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Where there is to be a listener: each health check port at each of the node's addresses.
    package var listeners: Set<SocketEndpoint> { state.withLock { Self.listeners(of: $0) } }

    /// What is said at a port; nil if no Service has it any more.
    package func entry(at port: Port) -> Entry? { state.withLock { $0.entries[port] } }

    /// Replaces all that is said.
    package func publish(_ entries: [Port: Entry], at addresses: [IPAddress]) {
        let hasMoved = state.withLock { state in
            let before = Self.listeners(of: state)
            state = State(entries: entries, addresses: addresses)
            return Self.listeners(of: state) != before
        }
        if hasMoved { signal.yield() }
    }

    private static func listeners(of state: State) -> Set<SocketEndpoint> {
        Set(
            state.entries.keys.flatMap { port in
                state.addresses.map { SocketEndpoint(address: $0, port: port) }
            })
    }
}
