package import Forwarding
import Ruleset
package import ServiceModel

/// Reads within which bounds a Service's frontends take new connections from its annotations.
///
/// What cannot be read leaves in force what was read last, so that a slip of the pen opens
/// nothing.
package struct ProtectionNotes: Sendable {
    /// The annotations, without their prefix.
    private enum Note {
        static let rate = "client-rate"
        static let burst = "client-burst"
        static let limit = "connection-limit"
    }

    /// The bounds that hold.
    package private(set) var protection = Protection()
    /// What could not be read.
    package private(set) var problems: [TranslationProblem] = []
    private let object: String

    /// Reads a Service's annotations; `last` is what was in force before.
    package init(_ service: ServiceDefinition, last: Protection) {
        object = "Service \(service.identity)"
        guard !service.notes.isEmpty else { return }
        readRate(service.notes, last)
        guard let text = service.notes[Note.limit] else { return }
        if let limit = Self.number(text), limit <= Protection.highestConnectionLimit {
            protection.connectionLimit = limit
        } else {
            protection.connectionLimit = last.connectionLimit
            report(
                Note.limit, text,
                "is not a number of connections from 1 to \(Protection.highestConnectionLimit)",
                kept: last.connectionLimit.map { "\($0)" })
        }
    }

    private mutating func readRate(_ notes: [String: String], _ last: Protection) {
        let kept = last.clientRate.map { "\($0.count)/\($0.unit.name), burst \($0.burst)" }
        let burst = notes[Note.burst]
        guard let text = notes[Note.rate] else {
            guard let burst else { return }
            report(Note.burst, burst, "means nothing without sluice.io/\(Note.rate)", kept: nil)
            return
        }
        guard let (count, unit) = Self.rate(text) else {
            protection.clientRate = last.clientRate
            report(
                Note.rate, text,
                "is not a rate such as 10/second, 100/minute or 1000/hour, up to "
                    + "\(PacketRate.maximum)", kept: kept)
            return
        }
        guard let burst else {
            protection.clientRate = PacketRate(count, per: unit, burst: count)
            return
        }
        if let number = Self.number(burst), let rate = PacketRate(count, per: unit, burst: number) {
            protection.clientRate = rate
        } else {
            protection.clientRate = last.clientRate ?? PacketRate(count, per: unit, burst: count)
            report(
                Note.burst, burst,
                "is not a number of connections from 1 to \(PacketRate.maximum)",
                kept: kept ?? "a burst of \(count)")
        }
    }

    /// Reads `10/second`, or `10/s`.
    private static func rate(_ text: String) -> (Int, PacketRate.Unit)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = number(parts[0]), count <= PacketRate.maximum,
            let unit = PacketRate.Unit.allCases.first(where: {
                parts[1] == $0.name || parts[1] == $0.name.prefix(1)
            })
        else { return nil }
        return (count, unit)
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            return nil
        }
        return Int(text).flatMap { $0 > 0 ? $0 : nil }
    }

    private mutating func report(_ name: String, _ text: String, _ reason: String, kept: String?) {
        problems.append(
            TranslationProblem(
                object: object, field: "sluice.io/\(name)",
                message: "\(text.prefix(80).debugDescription) \(reason); "
                    + (kept.map { "\($0) stays in force" } ?? "there is no such bound")))
    }
}
