import NIOCore
import Synchronization

/// What is known of the servers, and what has been counted; any thread may read it.
final class ForwardingLedger: Sendable {
    private struct State {
        var counters = ForwardingCounters()
        var health: ServerHealth
    }

    private let state: Mutex<State>

    /// Nothing is known and nothing counted.
    init(limits: ForwardingLimits) {
        state = Mutex(State(health: ServerHealth(avoidance: limits.avoidance)))
    }

    /// All counts but the cache's.
    func counters() -> ForwardingCounters {
        state.withLock { state in
            var counters = state.counters
            for server in counters.servers.keys {
                counters.servers[server]?.consecutiveFailures =
                    state.health.consecutiveFailures(of: server)
            }
            return counters
        }
    }

    /// Adds to the counts.
    func count(_ change: (inout ForwardingCounters) -> Void) {
        state.withLock { state in change(&state.counters) }
    }

    /// The servers in the order they are to be asked now.
    func order(_ servers: [UpstreamServer], now: NIODeadline) -> [UpstreamServer] {
        state.withLock { state in state.health.order(servers, now: now) }
    }

    /// Whether all the servers are down.
    func areAllDown(_ servers: [UpstreamServer], now: NIODeadline) -> Bool {
        state.withLock { state in state.health.areAllDown(servers, now: now) }
    }

    /// Counts a message to a server.
    func noteExchange(with server: UpstreamServer, over transport: Exchange.Transport) {
        count { counters in
            counters.servers[server, default: ServerCounters()].exchanges += 1
            guard transport == .stream else { return }
            counters.servers[server, default: ServerCounters()].streamExchanges += 1
        }
    }

    /// Counts an answer that is told on.
    func noteAnswer(of server: UpstreamServer, after duration: TimeAmount) {
        count { counters in
            counters.servers[server, default: ServerCounters()].answers += 1
            counters.servers[server, default: ServerCounters()].answerDuration +=
                .nanoseconds(duration.nanoseconds)
        }
    }

    /// Remembers that a server said something; whether it was down until now.
    func noteSignOfLife(of server: UpstreamServer) -> Bool {
        state.withLock { state in state.health.noteAnswer(of: server) }
    }

    /// Counts a failure and remembers it; whether the server is down from now on.
    func noteFailure(
        _ failure: ExchangeFailure, of server: UpstreamServer, now: NIODeadline
    ) -> Bool {
        state.withLock { state in
            state.counters.servers[server, default: ServerCounters()]
                .failures[failure.label, default: 0] += 1
            guard failure.isServerDown else { return false }
            return state.health.noteFailure(of: server, now: now)
        }
    }
}
