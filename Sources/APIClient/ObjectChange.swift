package import KubeAPI

/// What a `ListWatch` tells its receiver, in order.
package enum ObjectChange<Object: KubeObject>: Hashable, Sendable {
    /// All objects there are: whatever is absent is gone, except what was `unreadable` since
    /// the last change.
    case listed([Object], revision: String)
    /// An object that is new or changed.
    case upserted(Object)
    /// An object that is gone, as it was last.
    case deleted(Object)
    /// An object that is there but cannot be read: keep what is known of it.
    case unreadable(UnreadableObject)
    /// Changes arrive from now on; said once after the start and once after `disconnected`.
    case connected
    /// No changes arrive until `connected`; said for every attempt that failed.
    case disconnected(APIClientError)
}

/// An object that the API has and that does not read as one of its kind.
package struct UnreadableObject: Hashable, Sendable, CustomStringConvertible {
    /// Which object, where at least its name could be read.
    package let key: ObjectKey?
    /// What is wrong and in which field.
    package let problem: String

    package var description: String {
        "\(key?.description ?? "an object without a name"): \(problem)"
    }
}
