/// What came of one round of changes.
package struct ControllerReport: Sendable {
    /// Objects of the manifests that are new or different in the store.
    package var upsertCount = 0
    /// Objects of the manifests that are gone from the store.
    package var deletionCount = 0
    /// Refused objects, and what else went wrong, as far as it is news.
    package var problems: [ManifestProblem] = []
    /// The state could not be kept; it is tried again with the next change.
    package var stateError: StateFileError?
}
