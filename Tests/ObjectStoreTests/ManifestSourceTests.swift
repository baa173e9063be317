import Foundation
import KubeAPI
import Logging
import Synchronization
import Support
import Testing

@testable import ObjectStore

@Suite("Following manifests", .timeLimit(.minutes(1)))
struct ManifestSourceTests {
    private let store = ObjectStore(startingAfter: 0)

    private func node(_ name: String, _ label: String = "x") -> String {
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: \(name)\n  labels: {a: \(label)}\n---\n"
    }

    private func label(of name: String) -> String? {
        store.object(ObjectKey(kind: .nodes, namespace: "", name: name))?
            .object.metadata.label("a")
    }

    private func source(
        at path: String, _ store: ObjectStore, state: StateFile? = nil
    ) throws -> ManifestSource {
        ManifestSource(
            path: path, store: store, admission: try Sample.admission(), stateFile: state,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a test while the path is followed.
    private func following(
        _ path: String, state: StateFile? = nil, _ body: (Problems) async throws -> Void
    ) async throws {
        let source = try source(at: path, store, state: state)
        let problems = Problems()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await source.run { found in problems.latest.withLock { $0 = found } }
            }
            try await eventually("the first load") { problems.latest.withLock { $0 != nil } }
            try await body(problems)
            group.cancelAll()
        }
    }

    private final class Problems: Sendable {
        let latest = Mutex<[ManifestProblem]?>(nil)
    }

    @Test("a folder's files are followed: new, written, replaced, renamed and deleted")
    func folder() async throws {
        let folder = try TemporaryFolder()
        try folder.write(node("one"), to: "a.yaml")
        try folder.write(node("ignored"), to: "notes.txt")
        try await following(folder.path) { _ in
            #expect(label(of: "one") == "x")
            #expect(label(of: "ignored") == nil)
            try folder.write(node("two"), to: "b.yml")
            try await eventually("a new file") { label(of: "two") == "x" }
            try folder.write(node("one", "written"), to: "a.yaml")
            try await eventually("a file written in place") { label(of: "one") == "written" }
            try folder.replace("a.yaml", by: node("one", "replaced"))
            try await eventually("an editor's rename") { label(of: "one") == "replaced" }
            try FileManager.default.removeItem(atPath: folder.path + "/b.yml")
            try await eventually("a deletion") { label(of: "two") == nil }
        }
    }

    @Test("a mounted ConfigMap, which swaps one link for all its files, is followed")
    func configMap() async throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        for version in ["1", "2"] {
            try files.createDirectory(
                atPath: "\(folder.path)/..\(version)", withIntermediateDirectories: false)
            try folder.write(node("one", version), to: "..\(version)/web.yaml")
        }
        try files.createSymbolicLink(
            atPath: folder.path + "/..data", withDestinationPath: "..1")
        try files.createSymbolicLink(
            atPath: folder.path + "/web.yaml", withDestinationPath: "..data/web.yaml")
        try await following(folder.path) { _ in
            #expect(label(of: "one") == "1")
            try files.createSymbolicLink(
                atPath: folder.path + "/..new", withDestinationPath: "..2")
            #expect(unsafe rename(folder.path + "/..new", folder.path + "/..data") == 0)
            try await eventually("the swapped link") { label(of: "one") == "2" }
        }
    }

    @Test("a folder that is taken away changes nothing; made again, it counts")
    func removedFolder() async throws {
        let outer = try TemporaryFolder()
        let path = outer.path + "/manifests"
        let files = FileManager.default
        try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        try outer.write(node("one") + node("two"), to: "manifests/a.yaml")
        try await following(path) { problems in
            try files.removeItem(atPath: path)
            try await eventually("the problem is told") {
                problems.latest.withLock { $0?.first?.message.contains("does not exist") == true }
            }
            #expect(label(of: "one") == "x")
            try outer.write(node("one", "again"), to: "next.yaml")
            try files.createDirectory(atPath: path, withIntermediateDirectories: false)
            try files.moveItem(atPath: outer.path + "/next.yaml", toPath: path + "/a.yaml")
            try await eventually("the new folder") { label(of: "one") == "again" }
            try await eventually("what it does not have") { label(of: "two") == nil }
        }
    }

    @Test("a file that breaks is reported and keeps what it had, until it is mended")
    func brokenFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(node("one"), to: "a.yaml")
        try await following(file) { problems in
            try folder.write(node("one", "new") + "kind: [\n", to: "a.yaml")
            try await eventually("the good document") { label(of: "one") == "new" }
            try folder.write("kind: [\n", to: "a.yaml")
            try await eventually("the problem") {
                problems.latest.withLock { $0?.first?.line } == 2
            }
            #expect(label(of: "one") == "new")
            try folder.write(node("one", "mended"), to: "a.yaml")
            try await eventually("the mended file") { label(of: "one") == "mended" }
            try await eventually("no problem") { problems.latest.withLock { $0?.isEmpty == true } }
        }
    }

    @Test("what a broken file had outlives a restart, until the file is mended or gone")
    func brokenOverRestart() async throws {
        let folder = try TemporaryFolder()
        let stateFolder = try TemporaryFolder()
        let state = try StateFile(folder: stateFolder.path)
        try folder.write(node("one") + node("two"), to: "a.yaml")
        try folder.write(node("three"), to: "b.yaml")
        try await following(folder.path, state: state) { problems in
            try folder.replace("a.yaml", by: node("one", "new") + "kind: [\n")
            try folder.replace("b.yaml", by: "kind: [\n")
            try await eventually("both are told") {
                problems.latest.withLock { $0?.count } == 2
            }
        }
        #expect(try await names(at: folder.path, state) == ["one", "three", "two"])
        // Also where the path is written in another way.
        #expect(try await names(at: folder.path + "/", state) == ["one", "three", "two"])
        try FileManager.default.removeItem(atPath: folder.path + "/b.yaml")
        #expect(try await names(at: folder.path, state) == ["one", "two"])
        try folder.write(node("one"), to: "a.yaml")
        #expect(try await names(at: folder.path, state) == ["one"])
        try folder.write("kind: [\n", to: "a.yaml")
        #expect(try await names(at: folder.path, state) == [])
    }

    /// The nodes that a process which starts now has.
    private func names(at path: String, _ state: StateFile) async throws -> [String] {
        let store = ObjectStore(startingAfter: 0)
        _ = try await source(at: path, store, state: state).load()
        return try store.list(ListRequest(.nodes)).objects.compactMap(\.object.metadata.name)
            .sorted()
    }

    @Test("a path with nothing at it is an error that says what to do")
    func missing() async throws {
        let source = try source(at: "/nowhere/at/all", store)
        let problem = await #expect(throws: ManifestProblem.self) { try await source.load() }
        #expect(problem?.cure?.contains("--manifests") == true)
    }

    @Test("a service that Admission refuses is told with the line of the field")
    func refusedField() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              ports:
              - name: http
                port: 70000
            """, to: "a.yaml")
        let problems = try await source(at: file, store).load()
        #expect(problems.first?.line == 7)
        #expect(problems.first?.field == "spec.ports[0].port")
        #expect(problems.first?.description.hasPrefix("\(file):7:") == true)
    }
}
