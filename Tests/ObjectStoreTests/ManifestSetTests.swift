import KubeAPI
import Testing

@testable import ObjectStore

@Suite("The objects of all files together")
struct ManifestSetTests {
    private var manifests = ManifestSet()

    private mutating func update(_ file: String, _ text: String) async -> ManifestChanges {
        manifests.update(file, to: await ManifestReader().read(text: text, file: file))
        return manifests.takeChanges()
    }

    private func node(_ name: String, label: String = "x") -> String {
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: \(name)\n  labels: {a: \(label)}\n---\n"
    }

    @Test("only what differs is a change")
    mutating func differences() async {
        let first = await update("a.yaml", node("one") + node("two"))
        #expect(first.upserts.map(\.key.name) == ["one", "two"])
        let second = await update("a.yaml", "# moved\n" + node("one") + node("two", label: "y"))
        #expect(second.upserts.map(\.key.name) == ["two"])
        let third = await update("a.yaml", node("two", label: "y"))
        #expect(third.upserts.isEmpty)
        #expect(third.deletions.map(\.name) == ["one"])
    }

    @Test("a file that cannot be parsed keeps every object it had")
    mutating func unparsableFile() async {
        _ = await update("a.yaml", node("one") + node("two"))
        let broken = await update("a.yaml", node("one", label: "new") + "kind: [\n")
        #expect(broken.upserts.map(\.key.name) == ["one"])
        #expect(broken.deletions.isEmpty)
        #expect(broken.problems.count == 1)
        #expect(manifests.hasErrors)
        let mended = await update("a.yaml", node("one", label: "new"))
        #expect(mended.deletions.map(\.name) == ["two"])
        #expect(!manifests.hasErrors)
    }

    @Test("a document that does not decode keeps its own object, and only that")
    mutating func undecodableDocument() async {
        _ = await update("a.yaml", node("one") + node("two") + node("three"))
        let broken = "apiVersion: v1\nkind: Node\nmetadata: {name: one, labels: [x]}\n---\n"
        let changes = await update("a.yaml", broken + node("two"))
        #expect(changes.deletions.map(\.name) == ["three"])
        #expect(manifests.count == 2)
    }

    @Test("a typing error in an object's kind keeps the object of that name, and only that")
    mutating func misspelledKind() async {
        _ = await update("a.yaml", node("one") + node("two"))
        let misspelled = "apiVersion: v1\nkind: Nod\nmetadata: {name: one}\n"
        let changes = await update("a.yaml", misspelled)
        #expect(changes.deletions.map(\.name) == ["two"])
        #expect(changes.lastGood?.map(\.key.name) == ["one"])
        let wrongGroup = "apiVersion: apps/v1\nkind: Node\nmetadata: {name: one}\n"
        #expect(await update("a.yaml", wrongGroup).deletions.isEmpty)
        let foreign = "apiVersion: example.com/v1\nkind: Node\nmetadata: {name: one}\n"
        #expect(await update("a.yaml", foreign).deletions.map(\.name) == ["one"])
    }

    @Test("a typing error in the kind of a list keeps all that the file had")
    mutating func misspelledList() async {
        _ = await update("a.yaml", node("one") + node("two"))
        let changes = await update("a.yaml", "apiVersion: v1\nkind: Lst\nitems: []\n")
        #expect(changes.deletions.isEmpty)
        #expect(changes.lastGood?.count == 2)
    }

    @Test("what only a broken file's past has gives way to another file's object, and comes back")
    mutating func movedOutOfBroken() async {
        _ = await update("a.yaml", node("one", label: "a"))
        #expect(await update("a.yaml", "kind: [\n").lastGood?.count == 1)
        let moved = await update("b.yaml", node("one", label: "b"))
        #expect(moved.upserts.first?.object.metadata.labels == ["a": "b"])
        #expect(moved.problems.isEmpty && moved.lastGood == [])
        manifests.remove("b.yaml")
        let left = manifests.takeChanges()
        #expect(left.upserts.first?.object.metadata.labels == ["a": "a"])
        #expect(left.lastGood?.first?.origin.file == "a.yaml")
    }

    @Test("what only a broken file's past has is told, and how much it is")
    mutating func lastGood() async {
        _ = await update("a.yaml", node("one") + node("two"))
        let first = await update("a.yaml", node("one") + "kind: [\n")
        #expect(first.lastGood?.map(\.key.name) == ["two"])
        #expect(
            first.problems.first?.cure
                == "correct the YAML; one object that it had before stays as it was")
        #expect(await update("b.yaml", node("three")).lastGood == nil)
        let second = await update("a.yaml", "kind: [\n")
        #expect(second.lastGood?.map(\.key.name).sorted() == ["one", "two"])
        #expect(
            manifests.allProblems.first?.cure
                == "correct the YAML; 2 objects that it had before stay as they were")
        #expect(await update("a.yaml", node("two")).lastGood == [])
        #expect(
            await update("c.yaml", "kind: [\n").problems.first?.cure == "correct the YAML")
        #expect(await update("a.yaml", "kind: [\n").lastGood?.map(\.key.name) == ["two"])
        manifests.remove("a.yaml")
        #expect(manifests.takeChanges().lastGood == [])
    }

    @Test("a problem is told once, not again each time the file changes")
    mutating func toldOnce() async {
        let broken = "apiVersion: v1\nkind: Servise\nmetadata: {name: a}\n---\n"
        #expect(await update("a.yaml", broken).problems.count == 1)
        #expect(await update("a.yaml", node("one") + broken).problems.isEmpty)
        #expect(manifests.allProblems.count == 1)
    }

    @Test("of two files with one object the first counts; without it the second does")
    mutating func duplicates() async {
        _ = await update("b.yaml", node("one", label: "b"))
        let both = await update("a.yaml", node("one", label: "a"))
        #expect(both.upserts.first?.object.metadata.labels == ["a": "a"])
        #expect(
            both.problems.map(\.description) == [
                "b.yaml:1: nodes one: is also in a.yaml:1, which counts; remove one of the two"
            ])
        manifests.remove("a.yaml")
        let left = manifests.takeChanges()
        #expect(left.upserts.first?.object.metadata.labels == ["a": "b"])
        #expect(left.deletions.isEmpty)
        #expect(manifests.allProblems.isEmpty)
    }
}
