import KubeAPI

/// Manifests that are good no more, because their file is broken or they are refused now, each as
/// it was when it was last good: what is served goes by them, also after a restart.
struct LastGoodObjects {
    private var objects: [ObjectKey: ManifestObject] = [:]
    /// Those whose file is broken; the others are refused.
    private var held: Set<ObjectKey> = []
    /// Those of which the state file has something else.
    private var unsaved: Set<ObjectKey> = []

    /// Begins with what an earlier process kept.
    init(_ objects: [ManifestObject] = []) {
        for object in objects { self.objects[object.key] = object }
    }

    /// All of them, in no order.
    var all: [ManifestObject] { Array(objects.values) }

    /// What the state file does not have yet.
    var pending: [StateChange] {
        unsaved.sorted().map { key in objects[key].map(StateChange.keep) ?? .letGo(key) }
    }

    /// The manifest as it was when it was last good; nil if it is good now, or never was.
    func object(_ key: ObjectKey) -> ManifestObject? { objects[key] }

    /// Takes what broken files had when they were last good, all of it; those that are refused
    /// are kept besides, as they were when they were not.
    mutating func hold(_ new: [ManifestObject], besides isRefused: (ObjectKey) -> Bool) {
        let before = held
        held = Set(new.map(\.key))
        for key in before.subtracting(held) where !isRefused(key) { letGo(key) }
        for object in new where objects[object.key] == nil || !isRefused(object.key) {
            keep(object)
        }
    }

    /// Keeps a manifest that is good no more.
    mutating func keep(_ object: ManifestObject) {
        guard objects[object.key] != object else { return }
        objects[object.key] = object
        unsaved.insert(object.key)
    }

    /// Takes note that an object's manifest is good, or is there no more.
    mutating func letGo(_ key: ObjectKey) {
        guard !held.contains(key), objects.removeValue(forKey: key) != nil else { return }
        unsaved.insert(key)
    }

    /// Lets go of what no broken file holds and what is not refused.
    mutating func letGo(unless isRefused: (ObjectKey) -> Bool) {
        for key in Array(objects.keys) where !isRefused(key) { letGo(key) }
    }

    /// Takes note that all that was pending is in the file.
    mutating func flushed() { unsaved = [] }
}
