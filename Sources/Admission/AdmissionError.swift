package import KubeAPI

/// Why an object was refused: everything found wrong with it, so that it can be mended at once.
package struct AdmissionError: Error, Hashable, Sendable {
    /// The refused object.
    package let key: ObjectKey
    /// Never empty; in the order of the fields.
    package let problems: [FieldProblem]

    /// A refusal for these reasons, of which there must be one.
    package init(key: ObjectKey, problems: [FieldProblem]) {
        precondition(!problems.isEmpty, "an object was refused without a reason")
        self.key = key
        self.problems = problems
    }

    /// Where the first fault is, for example `spec.ports[0].nodePort`.
    package var field: String { problems[0].field }

    /// What kind of fault the first one is.
    package var code: FieldProblem.Code { problems[0].code }

    /// All faults in one sentence, as the API server would say it.
    package var message: String {
        let faults = problems.map(\.description).joined(separator: ", ")
        let list = problems.count == 1 ? faults : "[\(faults)]"
        return "\(key.kind.kind) \"\(key.name)\" is invalid: \(list)"
    }

    /// The answer to whoever wanted to write the object: 422, or 500 when addresses ran out.
    package var status: StatusObject {
        let isServerFault = problems.contains { $0.code == .exhausted }
        let causes = problems.map {
            StatusCause(reason: $0.reason, message: $0.message, field: $0.field)
        }
        return StatusObject(
            code: isServerFault ? 500 : 422,
            reason: isServerFault ? .internalError : .invalid,
            message: message,
            details: StatusDetails(
                name: key.name, group: key.kind.group, kind: key.kind.kind, causes: causes))
    }
}

extension AdmissionError: CustomStringConvertible {
    package var description: String { message }
}
