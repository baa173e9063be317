/// Something in an object that has no meaning, and what was done about it.
package struct TranslationProblem: Hashable, Sendable, CustomStringConvertible {
    /// The object, for example `Service default/web`.
    package let object: String
    /// Where in the object, for example `spec.clusterIPs[0]`.
    package let field: String
    /// What is wrong and what happens instead.
    package let message: String

    /// Object, field and message in one line.
    package var description: String { "\(object), \(field): \(message)" }
}
