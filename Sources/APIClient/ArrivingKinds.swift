package import KubeAPI

/// From which kinds of objects changes arrive.
///
/// One kind that arrives does not make up for another that does not.
package struct ArrivingKinds: Sendable {
    private var away: [ResourceKind: APIClientError] = [:]

    /// Nothing is said of any kind yet.
    package init() {}

    /// Takes note of a kind: nil when its changes arrive, and the reason when not.
    ///
    /// - Returns: nil when changes of all kinds arrive, and one reason, always the same of
    ///   several, when not.
    package mutating func note(_ kind: ResourceKind, _ error: APIClientError?) -> APIClientError? {
        away[kind] = error
        return away.min { $0.key.rawValue < $1.key.rawValue }?.value
    }
}
