package import Addressing

/// What a check of a node does.
package enum CheckDefinition: Hashable, Sendable {
    /// Opens a connection to the Service's own nodePort, which differs from target to target.
    case tcp
    /// Asks for a path over HTTP; a status of 200 to 399 is a success. Kubernetes' service
    /// proxies answer at port 10256, path `/healthz`.
    case http(port: Port, path: String)

    /// The longest path a check may ask for, in bytes: far more than any health endpoint needs,
    /// and far less than the request line HTTP servers accept (8,000 bytes, RFC 9112 section 3).
    package static let longestPath = 1024

    /// Reads `tcp` or `http:PORT/PATH`, as the command line writes a check.
    package init(_ text: some StringProtocol) throws(CheckSyntaxError) {
        if text == "tcp" {
            self = .tcp
            return
        }
        guard text.hasPrefix("http:") else {
            throw CheckSyntaxError(text, .unknownKind)
        }
        let target = text.dropFirst("http:".count)
        guard let slash = target.firstIndex(of: "/") else {
            throw CheckSyntaxError(text, .missingPath)
        }
        guard let port = Port(target[..<slash]) else {
            throw CheckSyntaxError(text, .invalidPort)
        }
        let path = target[slash...]
        // Anything else would end the request line early, or need an encoding that we would guess.
        guard path.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "#") }) else {
            throw CheckSyntaxError(text, .invalidPath)
        }
        guard path.utf8.count <= Self.longestPath else {
            throw CheckSyntaxError(text, .pathTooLong)
        }
        self = .http(port: port, path: String(path))
    }
}

extension CheckDefinition: CustomStringConvertible {
    /// The text the check is read from, such as `http:10256/healthz`.
    package var description: String {
        switch self {
        case .tcp: "tcp"
        case .http(let port, let path): "http:\(port)\(path)"
        }
    }
}
