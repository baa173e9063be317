import FoundationEssentials
import KubeAPI

/// Gives each object the identity it had when it was first seen, over restarts too.
struct ObjectIdentities {
    private var objects: [ObjectKey: RememberedObject] = [:]
    /// The time that new objects are given; one text for all objects of a round.
    private var now = Self.timeText()
    /// Objects of which the state file does not have what is remembered.
    private var unsaved: Set<ObjectKey> = []

    /// Begins with what an earlier process remembered.
    init(_ objects: [RememberedObject] = []) {
        for object in objects { self.objects[object.key] = object }
    }

    /// All objects remembered.
    var keys: some Sequence<ObjectKey> { objects.keys }

    /// What the state file does not have yet: one change of an object, however often it changed.
    var pending: [StateChange] {
        unsaved.sorted().map { key in objects[key].map(StateChange.remember) ?? .forget(key) }
    }

    /// What is remembered of an object.
    func remembered(_ key: ObjectKey) -> RememberedObject? { objects[key] }

    /// A Service as it was admitted last.
    func admitted(_ key: ObjectKey) -> ServiceObject? { objects[key]?.admitted }

    /// What clients wrote of a Service; nil if nothing.
    func written(_ key: ObjectKey) -> WrittenStatus? { objects[key]?.written }

    /// Remembers what clients wrote of a Service that is remembered.
    mutating func note(_ written: WrittenStatus?, of key: ObjectKey) {
        guard var entry = objects[key] else { return }
        entry.written = written
        remember(entry)
    }

    /// Takes the time for the objects that are new from now on.
    mutating func beginRound() {
        now = Self.timeText()
    }

    /// The object with its identity; remembers it when it is new.
    mutating func identified(_ object: ClusterObject) -> ClusterObject {
        let key = object.key
        var object = object
        let known = objects[key]
        let uid = known?.uid ?? UUID().uuidString.lowercased()
        let created = known?.creationTimestamp ?? now
        object.metadata.uid = uid
        object.metadata.creationTimestamp = created
        var entry = RememberedObject(key: key, uid: uid, creationTimestamp: created)
        entry.written = known?.written
        if case .service(var service) = object {
            service.metadata.resourceVersion = nil
            entry.admitted = service
        }
        remember(entry)
        return object
    }

    /// Remembers an object as it is from now on.
    mutating func remember(_ entry: RememberedObject) {
        guard objects[entry.key] != entry else { return }
        objects[entry.key] = entry
        unsaved.insert(entry.key)
    }

    /// Forgets an object that is gone: one of the same name will be another.
    mutating func forget(_ key: ObjectKey) {
        if objects.removeValue(forKey: key) != nil { unsaved.insert(key) }
    }

    /// Takes note that all that was pending is in the file.
    mutating func flushed() { unsaved = [] }

    private static func timeText() -> String { Date.now.formatted(.iso8601) }
}
