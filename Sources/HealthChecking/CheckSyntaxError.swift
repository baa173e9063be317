/// A text that says no check.
package struct CheckSyntaxError: Error, Hashable, Sendable {
    /// What is wrong with the text.
    package enum Problem: Hashable, Sendable {
        case unknownKind
        case missingPath
        case invalidPort
        case invalidPath
        case pathTooLong
        case invalidProgram
    }

    /// The whole text, as the user wrote it.
    package let text: String
    /// The first thing that is wrong with it.
    package let problem: Problem

    init(_ text: some StringProtocol, _ problem: Problem) {
        self.text = String(text)
        self.problem = problem
    }
}

extension CheckSyntaxError: CustomStringConvertible {
    /// What is wrong and what would be right, in one line for the user.
    package var description: String {
        let cause =
            switch problem {
            case .unknownKind: "it is none of tcp, http, https, grpc, udp and exec"
            case .missingPath: "the path is missing"
            case .invalidPort: "the port is not a number from 1 to 65535"
            case .invalidPath: "the path has a space, a \"#\" or a character outside ASCII"
            case .invalidProgram:
                "the program is no plain name of a file in the folder of check programs"
            case .pathTooLong: "the path is longer than \(CheckDefinition.longestPath) bytes"
            }
        // Quoting escapes what would break the line, and a long text is only named.
        let quoted = String(text.prefix(80)).debugDescription
        return "invalid check \(quoted): \(cause); "
            + "a check is KIND[:PORT][/PATH], such as tcp or http:10256/healthz"
    }
}
