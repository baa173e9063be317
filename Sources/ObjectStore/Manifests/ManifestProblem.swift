package import KubeAPI

/// Something in a manifest that was not taken, and why.
package struct ManifestProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// How much it matters.
    package enum Severity: String, Hashable, Sendable {
        /// Something that was meant for us does not work.
        case error
        /// Something that Sluice has no use for, such as a Deployment.
        case ignored
    }

    /// How much it matters.
    package let severity: Severity
    /// As it was given or found.
    package let file: String
    /// Counted from one; `nil` when the file as a whole is meant.
    package let line: Int?
    /// Counted from one.
    package let column: Int?
    /// Which object, where that much could be read.
    package let object: ObjectKey?
    /// For example `spec.ports[0].port`.
    package let field: String?
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package private(set) var cure: String?
    /// Whether it may be about any object of the file: nothing says which.
    var isNameless = false

    /// A problem at a place.
    package init(
        _ severity: Severity = .error, at place: ManifestPlace, object: ObjectKey? = nil,
        field: String? = nil, message: String, cure: String? = nil
    ) {
        self.severity = severity
        file = place.file
        line = place.line
        column = place.column
        self.object = object
        self.field = field
        self.message = message
        self.cure = cure
    }

    /// For example `web.yaml:12:9: services default/web: spec.ports[0].port: expected …; write …`.
    package var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        let parts = [place, object?.description, field, message].compactMap(\.self)
        return parts.joined(separator: ": ") + (cure.map { "; \($0)" } ?? "")
    }

    /// Of a problem that hides objects of the file: with how many stay as they were before.
    func saying(howManyStay count: Int) -> ManifestProblem {
        guard isNameless, count > 0 else { return self }
        let outcome =
            count == 1
            ? "one object that it had before stays as it was"
            : "\(count) objects that it had before stay as they were"
        var copy = self
        copy.cure = cure.map { "\($0); \(outcome)" } ?? outcome
        return copy
    }

    /// Whether this says the same, perhaps at another line.
    func isSame(as other: ManifestProblem) -> Bool {
        (file, object, field, message) == (other.file, other.object, other.field, other.message)
    }
}

/// A file, and perhaps a line and a column in it, counted from one.
package struct ManifestPlace: Hashable, Sendable {
    /// As it was given or found.
    package let file: String
    /// Counted from one; `nil` for the whole file.
    package var line: Int?
    /// Counted from one; `nil` for the whole line.
    package var column: Int?

    /// A place in a file.
    package init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }
}
