package import KubeAPI

/// Why the store refused.
package struct ObjectStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may act on.
    package enum Code: Hashable, Sendable {
        /// There is no such object.
        case notFound
        /// An object that must be new exists already.
        case alreadyExists
        /// The object has changed since it was read.
        case conflict
        /// The history no longer reaches back to the revision, or the list's snapshot is gone.
        case expired
        /// A `continue` token that this store did not give out.
        case malformedToken
        /// The object has no name.
        case unnamed
    }

    /// Why, for those who act on it.
    package let code: Code
    /// Which object, or which kind.
    package let subject: String
    /// What is the matter, in words.
    package let detail: String

    package var description: String { "\(subject): \(detail)" }

    static func notFound(_ key: ObjectKey) -> ObjectStoreError {
        ObjectStoreError(code: .notFound, subject: key.description, detail: "not found")
    }

    static func expired(_ kind: ResourceKind, _ detail: String) -> ObjectStoreError {
        ObjectStoreError(code: .expired, subject: kind.plural, detail: detail)
    }
}

extension StatusObject {
    /// What the store's refusal means to a client.
    package init(_ error: ObjectStoreError) {
        switch error.code {
        case .notFound:
            self.init(code: 404, reason: .notFound, message: error.description)
        case .alreadyExists:
            self.init(code: 409, reason: .alreadyExists, message: error.description)
        case .conflict:
            self.init(code: 409, reason: .conflict, message: error.description)
        case .expired:
            self = .expired(error.detail)
        case .malformedToken, .unnamed:
            self = .badRequest(error.description)
        }
    }
}
