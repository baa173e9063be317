import Addressing
import Synchronization

/// The TCP connections there are, so that neither all clients nor one of them have too many.
///
/// Where there is no room for another connection, the one that has been silent longest makes it.
final class ConnectionTable: Sendable {
    /// Stands for one connection.
    typealias ID = UInt64

    private struct Connection {
        let client: IPAddress
        var lastQuery: UInt64
        let close: @Sendable () -> Void
    }

    private struct State {
        var connections: [ID: Connection] = [:]
        var perClient: [IPAddress: Int] = [:]
        var lastID: ID = 0
        /// Counts queries: orders connections by when they last asked.
        var queries: UInt64 = 0

        mutating func remove(_ id: ID) -> Connection? {
            guard let connection = connections.removeValue(forKey: id) else { return nil }
            let rest = (perClient[connection.client] ?? 1) - 1
            perClient[connection.client] = rest > 0 ? rest : nil
            return connection
        }

        /// The longest silent connection, of one client or of all.
        func longestSilent(of client: IPAddress?) -> ID? {
            connections.lazy.filter { client == nil || $0.value.client == client }
                .min { $0.value.lastQuery < $1.value.lastQuery }?.key
        }
    }

    private let limit: Int
    private let limitPerClient: Int
    private let state = Mutex(State())

    /// An empty table with these limits.
    init(limit: Int, limitPerClient: Int) {
        precondition(limit > 0 && limitPerClient > 0)
        self.limit = limit
        self.limitPerClient = limitPerClient
    }

    /// How many connections there are.
    var count: Int { state.withLock { $0.connections.count } }

    /// Takes a connection in; closes another one if there is no room.
    ///
    /// - Parameters:
    ///   - client: whose connection it is.
    ///   - close: closes it; called at most once, from any thread.
    /// - Returns: what stands for the connection from now on.
    func add(_ client: IPAddress, close: @escaping @Sendable () -> Void) -> ID {
        let (id, leaving) = state.withLock { state -> (ID, Connection?) in
            var leaving: Connection?
            if state.perClient[client] ?? 0 >= limitPerClient {
                leaving = state.longestSilent(of: client).flatMap { state.remove($0) }
            } else if state.connections.count >= limit {
                leaving = state.longestSilent(of: nil).flatMap { state.remove($0) }
            }
            state.lastID += 1
            state.queries += 1
            state.connections[state.lastID] = Connection(
                client: client, lastQuery: state.queries, close: close)
            state.perClient[client, default: 0] += 1
            return (state.lastID, leaving)
        }
        leaving?.close()
        return id
    }

    /// Takes note that a connection has asked.
    func noteQuery(_ id: ID) {
        state.withLock { state in
            state.queries += 1
            state.connections[id]?.lastQuery = state.queries
        }
    }

    /// Forgets a connection that is closed.
    func remove(_ id: ID) {
        state.withLock { _ = $0.remove(id) }
    }
}
