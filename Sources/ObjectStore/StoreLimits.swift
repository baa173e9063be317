/// How much the store keeps besides the objects.
package struct StoreLimits: Hashable, Sendable {
    /// Changes of each kind that a watcher may lag behind; about 200 bytes each, plus the
    /// objects that nothing else refers to any more.
    package var changesKept = 16_384
    /// Lists that were begun and can still be continued.
    package var snapshotsKept = 64
    /// Changes handed to a watcher at once.
    package var changesAtOnce = 256

    /// The limits for ordinary clusters.
    package init() {}
}
