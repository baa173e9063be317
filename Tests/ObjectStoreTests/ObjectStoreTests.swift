import KubeAPI
import Testing

@testable import ObjectStore

@Suite("Object store")
struct ObjectStoreTests {
    @Test("every change has a revision of its own, and the object carries it")
    func revisions() throws {
        let store = ObjectStore(startingAfter: 10)
        let first = try store.put(Sample.service("a"))
        let second = try store.put(Sample.service("b"))
        #expect(first.object.metadata.resourceVersion == "11")
        #expect(second.revision == 12)
        #expect(store.revision == 12)
        #expect(store.count(of: .services) == 2)
    }

    @Test("an object that says the same changes nothing and wakes nobody")
    func sameAgain() throws {
        let store = ObjectStore(startingAfter: 0)
        let first = try store.put(Sample.service("a"))
        let again = try store.put(Sample.service("a"))
        #expect(again === first)
        #expect(store.revision == 1)
    }

    @Test("a writer that read an older version is refused with a conflict")
    func conflict() throws {
        let store = ObjectStore(startingAfter: 0)
        let read = try store.put(Sample.service("a"))
        try store.put(
            Sample.service("a", selector: ["app": "a"]), expecting: .revision(read.revision))
        let error = #expect(throws: ObjectStoreError.self) {
            try store.put(Sample.service("a"), expecting: .revision(read.revision))
        }
        #expect(error?.code == .conflict)
        let created = #expect(throws: ObjectStoreError.self) {
            try store.put(Sample.service("a"), expecting: .absent)
        }
        #expect(created?.code == .alreadyExists)
    }

    @Test("an object without a name, and the deletion of an absent one, are refused")
    func refusals() {
        let store = ObjectStore(startingAfter: 0)
        #expect(throws: ObjectStoreError.self) { try store.put(Sample.service("")) }
        let error = #expect(throws: ObjectStoreError.self) {
            try store.delete(Sample.key(.services, "a"))
        }
        #expect(error?.code == .notFound)
    }

    @Test("all pages of a list show the revision it began at, whatever changes in between")
    func pages() throws {
        let store = ObjectStore(startingAfter: 0)
        for name in ["c", "a", "d", "b", "e"] { try store.put(Sample.service(name)) }
        var request = ListRequest(.services)
        request.limit = 2
        let first = try store.list(request)
        #expect(first.objects.map(\.key.name) == ["a", "b"])
        #expect(first.remainingCount == 3)
        try store.delete(Sample.key(.services, "c"))
        try store.put(Sample.service("bb"))

        request.continueToken = first.continueToken
        let second = try store.list(request)
        request.continueToken = second.continueToken
        let third = try store.list(request)
        #expect(second.objects.map(\.key.name) == ["c", "d"])
        #expect(third.objects.map(\.key.name) == ["e"])
        #expect(third.continueToken == nil)
        #expect(Set([first, second, third].map(\.revision)) == [5])
    }

    @Test("a list that too many others were begun after cannot be continued")
    func forgottenList() throws {
        var limits = StoreLimits()
        limits.snapshotsKept = 2
        let store = ObjectStore(startingAfter: 0, limits: limits)
        var request = ListRequest(.services)
        request.limit = 1
        for name in ["a", "b"] { try store.put(Sample.service(name)) }
        let begun = try store.list(request)
        for name in ["c", "d"] {
            try store.put(Sample.service(name))
            _ = try store.list(request)
        }
        request.continueToken = begun.continueToken
        let error = #expect(throws: ObjectStoreError.self) { try store.list(request) }
        #expect(error?.code == .expired)
        request.continueToken = "services.x.y"
        let malformed = #expect(throws: ObjectStoreError.self) { try store.list(request) }
        #expect(malformed?.code == .malformedToken)
    }

    @Test("a watch tells all changes after its revision, in order")
    func watch() throws {
        let store = ObjectStore(startingAfter: 0)
        try store.put(Sample.service("before"))
        var watch = try store.watch(.services, after: store.revision)
        try store.put(Sample.service("a"))
        try store.put(Sample.pod("p", ip: "10.244.0.1", labels: [:]))
        try store.put(Sample.service("a", selector: ["app": "a"]))
        try store.delete(Sample.key(.services, "a"))
        let changes = try watch.next()
        #expect(changes.map(\.action) == [.added, .modified, .deleted])
        #expect(changes.map(\.revision) == [2, 4, 5])
        #expect(changes.last?.object.object.metadata.resourceVersion == "5")
        #expect(try watch.next().isEmpty)
        #expect(watch.revision == 5)
    }

    @Test("a watch is woken by changes of its kind and by nothing else")
    func wakeUps() async throws {
        let store = ObjectStore(startingAfter: 0)
        let watch = try store.watch(.services, after: 0)
        #expect(store.watcherCount == 1)
        var wakeUps = watch.wakeUps.makeAsyncIterator()
        _ = await wakeUps.next()
        try store.put(Sample.pod("p", ip: "10.244.0.1", labels: [:]))
        try store.put(Sample.service("a"))
        _ = await wakeUps.next()
        watch.end()
        #expect(await wakeUps.next() == nil)
        #expect(store.watcherCount == 0)
    }

    @Test("a watcher that the history no longer reaches back to is cut off, with a clear error")
    func slowWatcher() throws {
        var limits = StoreLimits()
        limits.changesKept = 4
        let store = ObjectStore(startingAfter: 0, limits: limits)
        var watch = try store.watch(.services, after: 0)
        for number in 0..<7 { try store.put(Sample.service("s\(number)")) }
        #expect(try store.watch(.services, after: 0).revision == 0)
        try store.put(Sample.service("one too many"))
        let error = #expect(throws: ObjectStoreError.self) { try watch.next() }
        #expect(error?.code == .expired)
        #expect(error?.description.contains("too old resource version: 0") == true)
    }

    @Test("a busy kind does not cut off the watchers of a quiet one")
    func logsAreSeparate() throws {
        var limits = StoreLimits()
        limits.changesKept = 2
        let store = ObjectStore(startingAfter: 0, limits: limits)
        try store.put(Sample.service("a"))
        for number in 0..<20 {
            try store.put(Sample.pod("p\(number)", ip: "10.244.0.1", labels: [:]))
        }
        var watch = try store.watch(.services, after: 0)
        #expect(try watch.next().map(\.object.key.name) == ["a"])
    }

    @Test("a revision from the future belongs to another store")
    func foreignRevision() {
        let store = ObjectStore(startingAfter: 10)
        let error = #expect(throws: ObjectStoreError.self) {
            try store.watch(.services, after: 11)
        }
        #expect(error?.code == .expired)
    }

    @Test("a new process begins above all revisions of the old one")
    func revisionsGrowOverRestarts() throws {
        let old = ObjectStore()
        for number in 0..<100 { try old.put(Sample.service("s\(number)")) }
        #expect(old.revision < Revision.ofThisMoment() + 1_000_000)
        #expect(ObjectStore().revision >= old.revision - 100)
    }

    @Test("an object is encoded once for all who ask")
    func encodedOnce() throws {
        let store = ObjectStore(startingAfter: 0)
        let stored = try store.put(Sample.service("a"))
        #expect(stored.bytes { _ in [1, 2, 3] } == [1, 2, 3])
        #expect(stored.bytes { _ in [4] } == [1, 2, 3])
    }
}
