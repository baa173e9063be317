import ServiceTranslation

/// How `sluice env` prints.
package enum EnvironmentFormat: String, CaseIterable, Sendable {
    /// `export NAME='value'`, for a shell's `eval`.
    case shell
    /// `NAME=value`, for `docker run --env-file` and its like.
    case env
    /// One object, with what was decided about each Service.
    case json

    /// Reads the flag's text.
    package init(_ text: String) throws(ConfigurationError) {
        guard let format = Self(rawValue: text) else {
            throw ConfigurationError(
                "--format", "\"\(text)\" is not a format; write shell, env or json")
        }
        self = format
    }
}

/// An environment as text.
struct EnvironmentText {
    /// What JSON says of one Service.
    private struct Link: Encodable {
        let service: String
        let isIncluded: Bool
        let reason: String
    }

    private struct Document: Encodable {
        let variables: [String: String]
        let services: [Link]
        let remarks: [String]
    }

    private let environment: PodEnvironment

    init(_ environment: PodEnvironment) {
        self.environment = environment
    }

    /// Each Service that the pod may be told of, one a line.
    var explanation: [String] { environment.links.map(\.description) }

    /// The variables in a format; without a newline at the end.
    func text(_ format: EnvironmentFormat) throws -> String {
        switch format {
        case .shell:
            return environment.variables.map(Self.shellLine).joined(separator: "\n")
        case .env:
            return try environment.variables.map(Self.fileLine).joined(separator: "\n")
        case .json:
            return try JSONText.text(
                of: Document(
                    variables: Dictionary(
                        environment.variables.map { ($0.name, $0.value) }
                    ) { first, _ in first },
                    services: environment.links.map {
                        Link(
                            service: "\($0.service)", isIncluded: $0.outcome.isIncluded,
                            reason: $0.outcome.reason)
                    },
                    remarks: environment.remarks))
        }
    }

    /// Between single quotes a shell leaves everything as it is but the quote itself.
    private static func shellLine(_ variable: PodVariable) -> String {
        guard isShellName(variable.name) else {
            return "# \(variable.name.filter { !$0.isNewline }): no shell has such a name"
        }
        let quoted = variable.value.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''")
        return "export \(variable.name)='\(quoted)'"
    }

    private static func fileLine(_ variable: PodVariable) throws(ToolFailure) -> String {
        guard !variable.value.contains(where: \.isNewline) else {
            throw ToolFailure(
                "\(variable.name) has several lines, which this format cannot say; use --format "
                    + "shell or json")
        }
        return variable.description
    }

    private static func isShellName(_ name: String) -> Bool {
        guard let first = name.first, !first.isNumber else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
