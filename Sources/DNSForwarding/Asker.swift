import Synchronization

/// Somebody who waits for the answer to a question.
final class Asker: Sendable {
    /// What is asked.
    let question: UpstreamQuestion
    private let isLeaving = Atomic(false)
    private let receive: @Sendable (ForwardedAnswer) -> Void

    /// An asker that is told the answer by a call of `receive`, once.
    init(
        _ question: UpstreamQuestion, receive: @escaping @Sendable (ForwardedAnswer) -> Void
    ) {
        self.question = question
        self.receive = receive
    }

    /// What tells it from other askers while it exists.
    var id: ObjectIdentifier { ObjectIdentifier(self) }

    /// Whether it no longer wants to know; may be so even before it came to the desk.
    var isGone: Bool { isLeaving.load(ordering: .acquiring) }

    /// Says that it no longer wants to know.
    func goAway() { isLeaving.store(true, ordering: .releasing) }

    /// Tells it the answer.
    func report(_ answer: ForwardedAnswer) { receive(answer) }
}
