import DNSMessage
import Synchronization

/// What a server of the tests was asked, and what it says.
final class UpstreamScript: Sendable {
    /// A question that came.
    struct Received: Sendable {
        let message: Message
        let isStream: Bool
        let sourcePort: Int

        /// A good answer, with these records or with one address.
        func answer(_ records: [ResourceRecord]? = nil, seconds: UInt32 = 300) -> Message {
            let question = message.questions[0]
            let one = ResourceRecord(
                name: question.name, timeToLive: seconds,
                data: address("x", "192.0.2.1").data)
            return response(to: question, id: message.header.id, answers: records ?? [one])
        }

        /// An answer that says only this.
        func answer(_ code: ResponseCode) -> Message {
            response(to: message.questions[0], code, id: message.header.id)
        }
    }

    /// What is sent back.
    enum Reply: Sendable {
        case message(Message)
        case bytes([UInt8])
        /// From another port than the one that was asked; for UDP.
        case fromOtherPort(Message)
        /// The end of the connection; for TCP.
        case close
        /// Nothing until `release` is called.
        case held(Message)
    }

    typealias Manner = @Sendable (Received) -> [Reply]

    private struct State {
        var received: [Received] = []
        var closedConnections = 0
        var manner: Manner
        var isHolding = true
        var held: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    init(_ manner: @escaping Manner) { state = Mutex(State(manner: manner)) }

    /// All questions that came so far.
    var received: [Received] { state.withLock { $0.received } }

    /// How many connections have ended.
    var closedConnections: Int { state.withLock { $0.closedConnections } }

    /// Notes that a connection has ended.
    func noteClosedConnection() { state.withLock { $0.closedConnections += 1 } }

    /// Says something else from now on.
    func change(_ manner: @escaping Manner) { state.withLock { $0.manner = manner } }

    /// Sends what is held back, and holds nothing back any more.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for send in held { send() }
    }

    /// Notes a question and tells what is sent back.
    func replies(to received: Received) -> [Reply] {
        let manner = state.withLock { state in
            state.received.append(received)
            return state.manner
        }
        return manner(received)
    }

    /// Does this once `release` is called.
    func hold(_ send: @escaping @Sendable () -> Void) {
        let isHeld = state.withLock { state in
            if state.isHolding { state.held.append(send) }
            return state.isHolding
        }
        if !isHeld { send() }
    }
}
