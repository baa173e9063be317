/// One change of one object.
package struct StoreChange: Sendable {
    /// What happened to the object.
    package enum Action: Hashable, Sendable {
        case added
        case modified
        case deleted
    }

    /// What happened.
    package let action: Action
    /// The object after the change; for `deleted` as it was last, at the deletion's revision.
    package let object: StoredObject
    /// The object before the change; `nil` for `added`.
    package let previous: StoredObject?

    /// When it happened.
    package var revision: Revision { object.revision }
}
