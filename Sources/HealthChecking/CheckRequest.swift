/// What a check asks for, wherever it asks.
package enum CheckRequest: Hashable, Sendable {
    /// A TCP connection: that it stands is the answer.
    case connect
    /// An HTTP answer of a wanted status and body.
    case http(HTTPRequest)
    /// `grpc.health.v1.Health/Check` of a service; the empty name asks for the whole server.
    case grpc(service: String, security: CheckSecurity?)
    /// An answer to a datagram; any, or one that holds these bytes.
    case datagram(send: [UInt8], expect: [UInt8]?)
    /// Exit status 0 of a program in the folder of check programs.
    case command(name: String)
    /// The number of endpoints that a node's proxy tells at a Service's `healthCheckNodePort`.
    case endpointCount

    /// Asks for a path by HTTP GET; a status of 200 to 399 is a success.
    package static func get(path: String) -> CheckRequest { .http(HTTPRequest(path: path)) }
}

/// An HTTP request and what makes its answer a good one.
package struct HTTPRequest: Hashable, Sendable {
    /// For example `GET` or `HEAD`.
    package var method: String
    /// The path with its query.
    package var path: String
    /// The `Host` field and, with TLS, the name that the certificate is for; nil: the address.
    package var host: String?
    /// Statuses of a success.
    package var statuses: [ClosedRange<Int>]
    /// What the body has to hold; nil: it is not read.
    package var body: [UInt8]?
    /// How the connection is encrypted; nil: not at all.
    package var security: CheckSecurity?

    /// A GET of a path over plain HTTP; nothing is wanted but a status of 200 to 399.
    package init(path: String, security: CheckSecurity? = nil) {
        method = "GET"
        self.path = path
        statuses = [200...399]
        self.security = security
    }
}

/// How a check's connection is encrypted.
package enum CheckSecurity: Hashable, Sendable {
    /// TLS with any certificate: nodes often have one of their own making.
    case unverified
    /// TLS with a certificate that this host trusts, for the name that is asked for.
    case verified
}
