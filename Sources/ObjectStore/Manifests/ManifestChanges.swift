package import KubeAPI

/// What new manifests change.
package struct ManifestChanges: Sendable {
    /// Objects that are new or different.
    package var upserts: [ManifestObject] = []
    /// Objects that are gone.
    package var deletions: [ObjectKey] = []
    /// What is wrong and was not before.
    package var problems: [ManifestProblem] = []

    /// Whether all files could be read whole, so that what is absent is really gone.
    package var isComplete = true
    /// What the upserts were before, those that are not new.
    package var replaced: [ObjectKey: ManifestObject] = [:]
    /// What broken files had when they were last good, and have not now, all of it; nil as long as
    /// that does not change.
    package var lastGood: [ManifestObject]?

    /// No change.
    package init() {}

    /// Whether no object changes.
    package var isEmpty: Bool { upserts.isEmpty && deletions.isEmpty }
}
