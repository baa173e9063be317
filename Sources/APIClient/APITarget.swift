import FoundationEssentials
import NIOSSL

/// Which API server to talk to, and as whom.
package struct APITarget: Sendable {
    /// Where a bearer token comes from.
    package enum BearerToken: Hashable, Sendable {
        case text(String)
        /// Read again for every request, because clusters renew such files.
        case file(String)
    }

    /// Scheme, host, port and perhaps a path, without a slash at the end.
    package let url: String
    /// Sent with every request; `nil` for none.
    package let bearerToken: BearerToken?
    /// Trust and client certificate; `nil` trusts what the system trusts.
    let tls: TLSConfiguration?

    /// A server without credentials, such as `sluice api`: `http://10.0.0.1:6440`.
    package init(url: String) throws(APITargetError) {
        try self.init(url: url, bearerToken: nil, tls: nil)
    }

    init(url: String, bearerToken: BearerToken?, tls: TLSConfiguration?) throws(APITargetError) {
        var text = url
        while text.hasSuffix("/") { text.removeLast() }
        guard let parsed = URL(string: text), let scheme = parsed.scheme,
            ["http", "https"].contains(scheme), parsed.host?.isEmpty == false
        else { throw APITargetError(url: url) }
        self.url = text
        self.bearerToken = bearerToken
        self.tls = tls
    }
}

/// A text that is not the address of an API server.
package struct APITargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text, as it was given.
    package let url: String

    package var description: String {
        "\"\(url)\" is not the address of an API server; write http://HOST:PORT or "
            + "https://HOST:PORT"
    }
}
