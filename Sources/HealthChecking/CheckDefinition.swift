package import Addressing

/// What a check of a node does: what it asks for, and at which port.
package struct CheckDefinition: Hashable, Sendable {
    /// What is asked for.
    package var request: CheckRequest
    /// The port that is asked, the same on every node; nil: the Service's own nodePort.
    package var port: Port?

    /// The longest path a check may ask for, in bytes: far more than any health endpoint needs,
    /// and far less than the request line HTTP servers accept (8,000 bytes, RFC 9112 section 3).
    package static let longestPath = 1024

    /// Asks for something at a port, or at the Service's own nodePort.
    package init(_ request: CheckRequest, port: Port? = nil) {
        self.request = request
        self.port = port
    }

    /// Opens a connection to the Service's own nodePort, which differs from target to target.
    package static let tcp = CheckDefinition(.connect)

    /// Asks for a path over HTTP; a status of 200 to 399 is a success.
    ///
    /// Kubernetes' service proxies answer at port 10256, path `/healthz`.
    package static func http(port: Port, path: String) -> CheckDefinition {
        CheckDefinition(.get(path: path), port: port)
    }

    /// Reads `KIND[:PORT][/WHAT]`, as the command line and annotations write a check.
    ///
    /// `tcp`, `tcp:PORT`, `http:PORT/PATH`, `https:PORT/PATH`, `grpc:PORT[/SERVICE]`, `udp` and
    /// `exec/NAME`. Without `:PORT` the check is of the Service's own nodePort.
    package init(_ text: some StringProtocol) throws(CheckSyntaxError) {
        let kind = text.prefix { $0 != ":" && $0 != "/" }
        var rest = text.dropFirst(kind.count)
        var port: Port?
        if rest.first == ":" {
            let digits = rest.dropFirst().prefix { $0 != "/" }
            port = Port(digits)
            guard port != nil else { throw CheckSyntaxError(text, .invalidPort) }
            rest = rest.dropFirst(1 + digits.count)
        }
        let what = String(rest)
        let request: CheckRequest
        switch kind {
        case "tcp" where what.isEmpty: request = .connect
        case "udp" where what.isEmpty: request = .datagram(send: [], expect: nil)
        case "http": request = .get(path: try Self.path(what, text))
        case "https":
            request = .http(HTTPRequest(path: try Self.path(what, text), security: .unverified))
        case "grpc":
            let service = what.isEmpty ? "" : try Self.path(what, text).dropFirst()
            request = .grpc(service: String(service), security: nil)
        case "exec": request = .command(name: try Self.program(what, text))
        default: throw CheckSyntaxError(text, .unknownKind)
        }
        self.init(request, port: port)
    }

    private static func path(
        _ path: String, _ text: some StringProtocol
    ) throws(CheckSyntaxError) -> String {
        guard !path.isEmpty else { throw CheckSyntaxError(text, .missingPath) }
        // Anything else would end the request line early, or need an encoding that we would guess.
        guard path.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "#") }) else {
            throw CheckSyntaxError(text, .invalidPath)
        }
        guard path.utf8.count <= Self.longestPath else {
            throw CheckSyntaxError(text, .pathTooLong)
        }
        return path
    }

    /// A file's name alone: whoever may annotate a Service must not name any program of the host.
    private static func program(
        _ path: String, _ text: some StringProtocol
    ) throws(CheckSyntaxError) -> String {
        let name = path.dropFirst()
        guard !name.isEmpty, name.utf8.count <= 255, !name.hasPrefix("."),
            name.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "/") })
        else { throw CheckSyntaxError(text, .invalidProgram) }
        return String(name)
    }
}

extension CheckDefinition: CustomStringConvertible {
    /// The text the check is read from, such as `http:10256/healthz`.
    package var description: String {
        let place = port.map { ":\($0)" } ?? ""
        return switch request {
        case .connect: "tcp\(place)"
        case .http(let http): "http\(http.security == nil ? "" : "s")\(place)\(http.path)"
        case .grpc(let service, _): "grpc\(place)\(service.isEmpty ? "" : "/\(service)")"
        case .datagram: "udp\(place)"
        case .command(let name): "exec\(place)/\(name)"
        case .endpointCount: "endpoints\(place)"
        }
    }
}
