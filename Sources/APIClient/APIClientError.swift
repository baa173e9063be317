package import KubeAPI

/// Why the API could not be read or written.
package struct APIClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, for those who act on it.
    package enum Code: String, Hashable, Sendable {
        /// No connection, or it broke.
        case unreachable
        /// No answer in time.
        case timedOut
        /// The answer began and then stopped in the middle.
        case stalled
        /// The server answered with a failure; `status` says which.
        case refused
        /// The answer is not what Kubernetes would say.
        case malformed
        /// One object or page is larger than the client takes.
        case tooLarge
        /// What was to be sent cannot be said in JSON.
        case unwritable
        /// The bearer token's file cannot be read.
        case tokenUnreadable
    }

    /// What went wrong, for those who act on it.
    package let code: Code
    /// What was asked, for example `GET /api/v1/services`.
    package let request: String
    /// What happened, in words.
    package let detail: String
    /// What the server said, if it did.
    package let status: StatusObject?

    /// An error of one request.
    package init(_ code: Code, request: String, detail: String, status: StatusObject? = nil) {
        self.code = code
        self.request = request
        self.detail = detail
        self.status = status
    }

    /// Whether the revision asked for is too old, so that only a new list helps.
    package var isExpired: Bool { status?.isExpired ?? false }

    package var description: String { "\(request): \(detail)" }
}
