import Addressing
import Forwarding

/// What came of some nodes for one Service, for the others that have the same ones: a node's death
/// is thought over once, however many Services it takes part in.
package struct DirectReturnMemory {
    /// What decides who gets a frontend's packets.
    struct Question: Equatable {
        let addresses: [IPAddress]
        let standings: ArraySlice<TargetStanding>
        let panicThreshold: Int
        let keepsClients: Bool
    }

    /// Who gets them, nil if nobody does, and whether checks speak against them.
    struct Answer {
        let directReturn: DirectReturn?
        let failsOpen: Bool
    }

    /// Two families, two ways of grouping, two thresholds: there are hardly more of the same nodes.
    private static let limit = 8
    private var known: [(question: Question, answer: Answer)] = []

    /// Nothing has been asked yet.
    package init() {}

    /// Answers as the last time, or else by asking.
    mutating func answer(_ question: Question, _ ask: () -> Answer) -> Answer {
        if let found = known.first(where: { $0.question == question }) { return found.answer }
        let answer = ask()
        if known.count == Self.limit { known.removeFirst() }
        known.append((question, answer))
        return answer
    }
}
