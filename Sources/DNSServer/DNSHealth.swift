package import Addressing
import Synchronization

/// How a DNS server is: what its health port tells.
package final class DNSHealth: Sendable {
    /// How the server is at one moment.
    package struct State: Hashable, Sendable {
        /// True once all names that there are have been known.
        package var hasSynced = false
        /// How many Services have names.
        package var serviceCount = 0
        /// When the names were last changed.
        package var lastChange: ContinuousClock.Instant?
        /// Where the server is to listen; empty until that is known.
        package var wanted: Set<SocketEndpoint> = []
        /// Where the server listens, over UDP and TCP.
        package var bound: Set<SocketEndpoint> = []
        /// Why it does not listen where it should.
        package var failures: [SocketEndpoint: String] = [:]
        /// Why no changes arrive from the API; nil if they do.
        package var disconnected: String?
        /// Since when no changes arrive from the API.
        package var disconnectedSince: ContinuousClock.Instant?

        /// Where the server should listen and does not.
        package var unbound: [SocketEndpoint] { wanted.subtracting(bound).sorted() }

        /// Whether it listens wherever it should.
        package var isListening: Bool { !wanted.isEmpty && unbound.isEmpty }

        /// Whether it answers all that it should.
        ///
        /// An API that is away leaves it ready: the last names go on being answered.
        package var isReady: Bool { hasSynced && isListening }
    }

    private let value = Mutex(State())

    /// Health of a server that has done nothing yet.
    package init() {}

    /// How the server is now.
    package var state: State { value.withLock { $0 } }

    /// Changes the state in one step.
    func update(_ change: (inout State) -> Void) { value.withLock { change(&$0) } }

    /// Takes note that changes of all kinds arrive, or of the reason why they do not.
    ///
    /// True if that is news.
    func noteConnection(_ error: String?, at now: ContinuousClock.Instant) -> Bool {
        value.withLock { state in
            let isNews = (state.disconnected == nil) != (error == nil)
            state.disconnected = error
            if isNews { state.disconnectedSince = error == nil ? nil : now }
            return isNews
        }
    }
}
