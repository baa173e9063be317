import DNSForwarding
import DNSMessage
import NIOCore
import Synchronization

/// Has questions asked of others, away from the threads that answer, and counts what comes of it.
///
/// How many questions may wait is the forwarder's to say: past that it answers SERVFAIL at once.
final class ForwardDesk: Sendable {
    private let forwarder: Forwarder
    private let payloadBytes: Int
    private let log: QueryLog?
    private let tallies = Mutex<[QueryTransport: QueryTally]>([:])

    init(_ forwarder: Forwarder, payloadBytes: Int, log: QueryLog?) {
        self.forwarder = forwarder
        self.payloadBytes = payloadBytes
        self.log = log
    }

    /// Has a question asked.
    ///
    /// - Parameters:
    ///   - request: the question, and what its answer depends on.
    ///   - send: sends the answer; called once, from any thread.
    func ask(_ request: ForwardRequest, send: @escaping @Sendable ([UInt8]) -> Void) {
        forwarder.resolve(
            request.target, isDNSSECOK: request.isDNSSECOK,
            isCheckingDisabled: request.header.isCheckingDisabled
        ) { answer in
            var writer = QueryHandler.makeWriter()
            request.write(answer, to: &writer, payloadBytes: self.payloadBytes)
            send(writer.bytes)
            self.note(request, answer.responseCode, isTruncated: writer.isTruncated)
        }
    }

    /// What was answered since this was last called, by transport.
    func takeTallies() -> [QueryTransport: QueryTally] {
        tallies.withLock { tallies in
            defer { tallies = [:] }
            return tallies
        }
    }

    private func note(_ request: ForwardRequest, _ code: ResponseCode, isTruncated: Bool) {
        let now = NIODeadline.now().uptimeNanoseconds
        tallies.withLock { tallies in
            var tally = tallies[request.transport] ?? QueryTally()
            tally.count(request.question.type, code)
            tally.count(1, taking: now - request.arrived)
            if isTruncated { tally.truncated += 1 }
            tallies[request.transport] = tally
        }
        log?.note(
            request.question, from: request.client, over: request.transport, code, now: now)
    }
}
