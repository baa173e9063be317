/// What the API server answers when it has no object to answer with: mostly, what went wrong.
package struct StatusObject: Codable, Hashable, Sendable, Error {
    package var apiVersion: String?
    package var kind: String?
    package var metadata: ListMeta?
    /// `Success` or `Failure`.
    package var status: String?
    package var message: String?
    /// A word for programs, for example `NotFound`.
    package var reason: String?
    package var details: StatusDetails?
    /// The HTTP status.
    package var code: Int?

    /// A failure with this HTTP status.
    package init(code: Int, reason: Reason, message: String, details: StatusDetails? = nil) {
        apiVersion = "v1"
        kind = "Status"
        metadata = ListMeta()
        status = "Failure"
        self.message = message
        self.reason = reason.rawValue
        self.details = details
        self.code = code
    }

    /// The words that Kubernetes uses for `reason`.
    package enum Reason: String, Sendable {
        case badRequest = "BadRequest"
        case unauthorized = "Unauthorized"
        case forbidden = "Forbidden"
        case notFound = "NotFound"
        case alreadyExists = "AlreadyExists"
        case conflict = "Conflict"
        case gone = "Gone"
        case expired = "Expired"
        case invalid = "Invalid"
        case methodNotAllowed = "MethodNotAllowed"
        case notAcceptable = "NotAcceptable"
        case requestEntityTooLarge = "RequestEntityTooLarge"
        case unsupportedMediaType = "UnsupportedMediaType"
        case tooManyRequests = "TooManyRequests"
        case timeout = "Timeout"
        case serviceUnavailable = "ServiceUnavailable"
        case internalError = "InternalError"
    }

    /// The answer to a watch or a continued list from a revision that is no longer kept.
    package static func expired(_ message: String) -> StatusObject {
        StatusObject(code: 410, reason: .expired, message: message)
    }

    /// The answer for an object that does not exist.
    package static func notFound(_ resource: ResourceKind, name: String) -> StatusObject {
        StatusObject(
            code: 404, reason: .notFound, message: "\(resource.plural) \"\(name)\" not found",
            details: StatusDetails(name: name, group: resource.group, kind: resource.plural))
    }

    /// The answer to a request that cannot be understood.
    package static func badRequest(_ message: String) -> StatusObject {
        StatusObject(code: 400, reason: .badRequest, message: message)
    }

    /// Whether a watch must start over from a new list.
    package var isExpired: Bool { code == 410 }
}

/// What a failure is about.
package struct StatusDetails: Codable, Hashable, Sendable {
    package var name: String?
    package var group: String?
    package var kind: String?
    package var uid: String?
    package var causes: [StatusCause]?
    /// Seconds after which to try again.
    package var retryAfterSeconds: Int?

    /// Details of one object's failure; an empty group is left out.
    package init(name: String?, group: String?, kind: String?, causes: [StatusCause]? = nil) {
        self.name = name
        self.group = group?.isEmpty == true ? nil : group
        self.kind = kind
        self.causes = causes
    }
}

/// One reason of a failure and the field it is about.
package struct StatusCause: Codable, Hashable, Sendable {
    /// For example `FieldValueInvalid`.
    package var reason: String?
    package var message: String?
    /// For example `spec.ports[0].nodePort`.
    package var field: String?

    /// A reason, in words, at a field.
    package init(reason: String?, message: String?, field: String?) {
        self.reason = reason
        self.message = message
        self.field = field
    }
}
