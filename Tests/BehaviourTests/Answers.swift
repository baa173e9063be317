import LabKit

/// What a host was answered by a Service.
struct Answers: Sendable, CustomStringConvertible {
    private let report: LoadReport
    /// The client's addresses that the pods saw.
    let sources: Set<String>

    /// Reads what `loadgen -j -o` prints: a line an answer, `POD ADDRESS`, and the counts.
    init(_ text: String) throws {
        let lines = text.split(separator: "\n")
        guard let last = lines.last else { throw Unexpected("loadgen said nothing") }
        report = try LoadReport(json: String(last))
        sources = Set(
            lines.dropLast().compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 1 ? String(words[1]) : nil
            })
    }

    var answered: Int { report.answered }
    var timedOut: Int { report.timedOut }
    /// Told at once that nothing is there.
    var turnedAway: Int { report.turnedAway }
    /// What the host's own kernel would not even send.
    var unsendable: Int { report.unreachable }
    var failed: Int { report.failed }
    var pods: Set<String> { report.pods }
    var byPod: [String: Int] { report.answersByPod }
    var seconds: Double { report.seconds }

    var description: String {
        "\(byPod) answered, \(timedOut) timed out, \(turnedAway) turned away, \(failed) failed"
    }
}
