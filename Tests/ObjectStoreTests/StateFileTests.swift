import Foundation
import GRDB
import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("State file")
struct StateFileTests {
    private func remembered(_ name: String, uid: String = "u") -> RememberedObject {
        RememberedObject(
            key: Sample.key(.services, name), uid: uid,
            creationTimestamp: "2026-01-01T00:00:00Z",
            admitted: ServiceObject(
                metadata: ObjectMeta(name: name, namespace: "default"),
                spec: ServiceSpec(clusterIP: "10.96.0.10")))
    }

    @Test("what was written is there after a restart, what was forgotten is not")
    func restart() async throws {
        let folder = try TemporaryFolder()
        do {
            let file = try StateFile(folder: folder.path + "/deep/state")
            try await file.write([
                .remember(remembered("a")), .remember(remembered("b")),
                .remember(remembered("a", uid: "new")), .forget(Sample.key(.services, "b")),
            ])
        }
        let again = try StateFile(folder: folder.path + "/deep/state")
        #expect(try await again.load() == [remembered("a", uid: "new")])
    }

    @Test("what broken manifests had is there after a restart, until it is let go")
    func lastGood() async throws {
        let folder = try TemporaryFolder()
        let kept = Sample.manifest(Sample.pod("web-1", ip: "10.244.0.1", labels: ["a": "b"]))
        do {
            let file = try StateFile(folder: folder.path)
            try await file.write([.keep(Sample.manifest(Sample.service("web"))), .keep(kept)])
            try await file.write([.letGo(Sample.key(.services, "web"))])
        }
        let again = try StateFile(folder: folder.path)
        #expect(try await again.lastGood() == [kept])
        #expect(try await again.load().isEmpty)
    }

    @Test("a second process is refused while the first has the file")
    func inUse() throws {
        let folder = try TemporaryFolder()
        let first = try StateFile(folder: folder.path)
        let error = #expect(throws: StateFileError.self) { try StateFile(folder: folder.path) }
        #expect(error?.code == .inUse)
        #expect(error?.description.contains(first.path) == true)
    }

    @Test("a file that is no state file is refused and not touched")
    func corrupt() throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "this is no database\n", count: 100)
        let file = try folder.write(text, to: "sluice.sqlite")
        let error = #expect(throws: StateFileError.self) { try StateFile(folder: folder.path) }
        #expect(error?.code == .corrupt)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    }

    @Test("a folder that cannot be made is an error that says so")
    func notWritable() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("", to: "file")
        let error = #expect(throws: StateFileError.self) { try StateFile(folder: file) }
        #expect(error?.code == .notWritable)
    }

    @Test("a state file of the version before is taken over")
    func upgrade() async throws {
        let folder = try TemporaryFolder()
        do {
            let old = try DatabaseQueue(path: "\(folder.path)/\(StateFile.name)")
            try await old.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE objects (
                            kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                            uid TEXT NOT NULL, created TEXT NOT NULL, admitted BLOB,
                            PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
                        INSERT INTO objects VALUES
                            ('pods', 'default', 'web', 'u', '2026-01-01T00:00:00Z', NULL);
                        PRAGMA user_version = 1;
                        """)
            }
            try old.close()
        }
        var remembered = RememberedObject(
            key: Sample.key(.pods, "web"), uid: "u", creationTimestamp: "2026-01-01T00:00:00Z")
        do {
            let file = try StateFile(folder: folder.path)
            #expect(try await file.load() == [remembered])
            var written = WrittenStatus()
            written.annotations = ["a": "b"]
            remembered.written = written
            try await file.write([.remember(remembered)])
        }
        #expect(try await StateFile(folder: folder.path).load() == [remembered])
    }
}
