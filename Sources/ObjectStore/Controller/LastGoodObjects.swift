import KubeAPI

/// Manifests that are good no more, each as it was when it was last good: what is served goes by
/// them, also after a restart.
struct LastGoodObjects {
    /// Of those that are refused now.
    private var accepted: [ObjectKey: ManifestObject] = [:]
    /// Of those whose file is broken now; some may be refused besides.
    private var held: [ObjectKey: ManifestObject] = [:]
    /// Those of which the state file may have something else.
    private var unsaved: Set<ObjectKey> = []

    /// Begins with what an earlier process kept.
    init(_ objects: [ManifestObject] = []) {
        for object in objects { accepted[object.key] = object }
    }

    /// All of them, in no order.
    var all: [ManifestObject] {
        Set(accepted.keys).union(held.keys).compactMap(kept)
    }

    /// What the state file does not have yet.
    var pending: [StateChange] {
        unsaved.sorted().map { key in kept(key).map(StateChange.keep) ?? .letGo(key) }
    }

    /// A refused manifest as it was when it was accepted; nil if it never was.
    func accepted(_ key: ObjectKey) -> ManifestObject? { accepted[key] }

    /// Takes what broken files had when they were last good, all of it.
    mutating func hold(_ new: [ManifestObject]) {
        let before = held
        held = Dictionary(new.map { ($0.key, $0) }, uniquingKeysWith: { one, _ in one })
        unsaved.formUnion(before.keys.filter { held[$0] == nil })
        unsaved.formUnion(held.values.filter { before[$0.key] != $0 }.map(\.key))
    }

    /// Takes a manifest in the place of which there is one that is refused.
    mutating func keep(_ object: ManifestObject) {
        accepted[object.key] = object
        unsaved.insert(object.key)
    }

    /// Takes note that an object's manifest is accepted, or is there no more.
    mutating func letGo(_ key: ObjectKey) {
        if accepted.removeValue(forKey: key) != nil { unsaved.insert(key) }
    }

    /// Lets go of all that are not refused.
    mutating func letGo(unless isRefused: (ObjectKey) -> Bool) {
        for key in Array(accepted.keys) where !isRefused(key) { letGo(key) }
    }

    /// Takes note that all that was pending is in the file.
    mutating func flushed() { unsaved = [] }

    /// What a next process begins with: in the file that it would be looked for in.
    private func kept(_ key: ObjectKey) -> ManifestObject? {
        guard let held = held[key] else { return accepted[key] }
        return accepted[key]?.moved(to: held.origin.file) ?? held
    }
}
