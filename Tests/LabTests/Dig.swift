import Foundation
import LabKit

/// What `dig` understood of an answer.
struct DigAnswer: Hashable, Sendable {
    /// The response code, such as `NOERROR`.
    let status: String
    /// The header's flags, such as `qr aa rd`.
    let flags: Set<String>
    /// The records of each section, one a line, their fields separated by one blank.
    let answers: [String]
    let authorities: [String]
    let additionals: [String]
    /// All that dig printed.
    let text: String

    /// Reads dig's ordinary output; an output without a header (no answer came) throws.
    init(_ text: String) throws {
        self.text = text
        var status: String?
        var flags: Set<String> = []
        var sections: [String: [String]] = [:]
        var section = ""
        for line in text.split(separator: "\n") {
            if let start = line.range(of: "status: ") {
                status = String(line[start.upperBound...].prefix { $0 != "," })
            } else if line.hasPrefix(";; flags: ") {
                flags = Set(
                    line.dropFirst(";; flags: ".count).prefix { $0 != ";" }
                        .split(separator: " ").map(String.init))
            } else if line.hasPrefix(";; "), line.hasSuffix(" SECTION:") {
                section = String(line.dropFirst(3).dropLast(" SECTION:".count))
            } else if !line.hasPrefix(";") {
                let fields = line.split { $0 == "\t" || $0 == " " }
                sections[section, default: []].append(fields.joined(separator: " "))
            }
        }
        guard let status else { throw Unexpected("dig got no answer: \(text)") }
        self.status = status
        self.flags = flags
        answers = sections["ANSWER"] ?? []
        authorities = sections["AUTHORITY"] ?? []
        additionals = sections["ADDITIONAL"] ?? []
    }

    /// The data of the answers of one type, without owner, TTL and class, sorted.
    func data(of type: String) -> [String] {
        answers.compactMap { record in
            let fields = record.split(separator: " ")
            guard fields.count > 4, fields[3] == type else { return nil }
            return fields.dropFirst(4).joined(separator: " ")
        }.sorted()
    }
}

extension Lab {
    /// Asks with dig; the server is that of the host's resolv.conf unless the arguments name one.
    func dig(from host: String = "node1-pod1", _ arguments: String...) async throws -> DigAnswer {
        // One try of two seconds: what is lost is no answer.
        let command = ["dig", "+tries=1", "+time=2"] + arguments
        let output = try await start(host, command).finish()
        return try DigAnswer(output.text + output.complaint)
    }

    /// The same, until an answer is as it has to be: a change takes its moment to get there.
    func dig(
        from host: String = "node1-pod1", _ arguments: String...,
        until isRight: (DigAnswer) -> Bool
    ) async throws -> DigAnswer {
        var last: DigAnswer?
        try await eventually("dig \(arguments.joined(separator: " ")) is as it has to be") {
            let output = try await start(
                host, ["dig", "+tries=1", "+time=2"] + arguments
            ).finish()
            last = try? DigAnswer(output.text + output.complaint)
            return last.map(isRight) ?? false
        }
        guard let last else { throw Unexpected("dig said nothing") }
        return last
    }
}
