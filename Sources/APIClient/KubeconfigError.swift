/// What is wrong with a kubeconfig file.
package struct KubeconfigError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, as it was given.
    package let file: String
    /// For example `clusters[lab].cluster.server`; `nil` when the file as a whole is at fault.
    package let field: String?
    /// What is wrong there.
    package let message: String

    package var description: String {
        ([file] + (field.map { [$0] } ?? []) + [message]).joined(separator: ": ")
    }
}
