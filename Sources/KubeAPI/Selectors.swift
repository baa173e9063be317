/// The labels that a Service's `spec.selector` asks for: all of them, with these values.
package struct EqualitySelector: Hashable, Sendable {
    /// The labels asked for, with their values; never empty.
    package let labels: [String: String]

    /// Fails for a missing or empty selector, which selects nothing.
    package init?(_ labels: [String: String]?) {
        guard let labels, !labels.isEmpty else { return nil }
        self.labels = labels
    }

    /// Whether an object with these labels is selected.
    package func matches(_ candidate: [String: String]?) -> Bool {
        guard let candidate else { return false }
        return labels.allSatisfy { candidate[$0.key] == $0.value }
    }
}

/// A `labelSelector` query: requirements joined by commas, all of which must hold.
package struct LabelSelector: Hashable, Sendable {
    /// What the labels must meet; empty for a selector that selects everything.
    package let requirements: [LabelRequirement]

    /// Reads `a=b,c!=d,e in (x,y),f notin (z),g,!h`; empty text selects everything.
    package init(parsing text: String) throws(SelectorError) {
        var found: [LabelRequirement] = []
        for part in Self.parts(of: text) {
            let trimmed = part.trimmed
            guard !trimmed.isEmpty else { continue }
            guard let requirement = LabelRequirement(trimmed) else {
                throw SelectorError(code: .malformedRequirement, text: String(trimmed))
            }
            found.append(requirement)
        }
        requirements = found
    }

    /// Whether an object with these labels is selected.
    package func matches(_ labels: [String: String]?) -> Bool {
        requirements.allSatisfy { $0.holds(for: labels ?? [:]) }
    }

    /// Splits at the commas outside parentheses.
    private static func parts(of text: String) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        return parts
    }
}

/// A `fieldSelector` query over the two fields that every kind supports.
package struct FieldSelector: Hashable, Sendable {
    /// One comparison; all of a selector's must hold.
    private struct Requirement: Hashable, Sendable {
        let field: Field
        let value: String
        let isEqual: Bool
    }

    private enum Field: String {
        case name = "metadata.name"
        case namespace = "metadata.namespace"
    }

    private let requirements: [Requirement]

    /// Reads `metadata.name=web,metadata.namespace!=default`; refuses any other field.
    package init(parsing text: String) throws(SelectorError) {
        var found: [Requirement] = []
        for part in text.split(separator: ",") where !part.trimmed.isEmpty {
            guard let comparison = Comparison(part) else {
                throw SelectorError(code: .malformedRequirement, text: String(part))
            }
            guard let field = Field(rawValue: comparison.key) else {
                throw SelectorError(code: .unsupportedField, text: comparison.key)
            }
            found.append(
                Requirement(
                    field: field, value: comparison.value, isEqual: comparison.isEqual))
        }
        requirements = found
    }

    /// Whether an object with this metadata is selected.
    package func matches(_ metadata: ObjectMeta) -> Bool {
        requirements.allSatisfy { requirement in
            let value =
                switch requirement.field {
                case .name: metadata.name ?? ""
                case .namespace: metadata.namespace ?? ""
                }
            return (value == requirement.value) == requirement.isEqual
        }
    }
}

/// A selector in a query that cannot be read.
package struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    package enum Code: Hashable, Sendable {
        case malformedRequirement
        case unsupportedField
    }

    /// What kind of fault it is.
    package let code: Code
    /// The part that was wrong.
    package let text: String

    package var description: String {
        switch code {
        case .malformedRequirement:
            "unable to parse requirement: \"\(text)\"; write key=value, key!=value, "
                + "key in (a,b), key notin (a,b), key or !key"
        case .unsupportedField:
            "field label not supported: \(text); use metadata.name or metadata.namespace"
        }
    }
}
