/// What is wrong with one field of an object, in the API server's words, and how to cure it.
package struct FieldProblem: Hashable, Sendable {
    /// What kind of fault it is.
    package enum Code: Hashable, Sendable {
        /// The field must be there.
        case required
        /// The value cannot be read, or does not fit the other fields.
        case invalid
        /// The value occurs twice where it may occur once.
        case duplicate
        /// The value is none of the known ones.
        case notSupported
        /// The value lies outside the configured range.
        case outOfRange
        /// Somebody else has the value.
        case conflict
        /// The field may not be set, or not be changed.
        case forbidden
        /// There are more than a limit allows.
        case tooMany
        /// There are more bytes than a limit allows.
        case tooLong
        /// Nothing was asked for and nothing is left.
        case exhausted
    }

    /// Where, for example `spec.ports[0].nodePort`.
    package let field: String
    /// What kind of fault it is.
    package let code: Code
    /// The value as written, text in quotes; nil where there is none to show.
    package let value: String?
    /// What is wrong and what to do.
    package let detail: String

    /// A fault of this kind at this field.
    package init(_ field: String, _ code: Code, value: String? = nil, _ detail: String) {
        self.field = field
        self.code = code
        self.value = value
        self.detail = detail
    }

    /// The fault without its place, for example `Invalid value: 0: must be between …`.
    package var message: String {
        [title, value, detail].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// What Kubernetes calls the fault in a `StatusObject`'s causes.
    package var reason: String {
        switch code {
        case .required: "FieldValueRequired"
        case .invalid, .outOfRange, .conflict: "FieldValueInvalid"
        case .duplicate: "FieldValueDuplicate"
        case .notSupported: "FieldValueNotSupported"
        case .forbidden: "FieldValueForbidden"
        case .tooMany: "FieldValueTooMany"
        case .tooLong: "FieldValueTooLong"
        case .exhausted: "InternalError"
        }
    }

    private var title: String {
        switch code {
        case .required: "Required value"
        case .invalid, .outOfRange, .conflict: "Invalid value"
        case .duplicate: "Duplicate value"
        case .notSupported: "Unsupported value"
        case .forbidden: "Forbidden"
        case .tooMany: "Too many"
        case .tooLong: "Too long"
        case .exhausted: "Internal error"
        }
    }
}

extension FieldProblem: CustomStringConvertible {
    /// For example `spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive`.
    package var description: String { "\(field): \(message)" }
}
