import FoundationEssentials
import GRDB
import KubeAPI

/// What outlives the process, in SQLite: who an object is, which addresses a Service has, and what
/// broken manifests held when they were last good.
///
/// One row an object, changes in one transaction a batch, each on disk before the call returns:
/// after a `kill -9` or a power cut the file holds the last batch whole or not at all.
package final class StateFile: Sendable {
    /// The layout of the tables; another number is another layout.
    private static let version = 3
    /// The file's name in its folder.
    package static let name = "sluice.sqlite"

    /// The file's path.
    package let path: String
    private let database: DatabaseQueue

    /// Opens the file in a folder; makes both where they are missing.
    package init(folder: String) throws(StateFileError) {
        path = folder + "/" + Self.name
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StateFileError(
                code: .notWritable, file: path, detail: "the folder cannot be made: \(error)")
        }
        var configuration = Configuration()
        configuration.label = "sluice.state"
        configuration.prepareDatabase { database in
            // Exclusive: a second process finds out at once, not when both gave out addresses.
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.write(Self.prepare)
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Everything remembered.
    package func load() async throws(StateFileError) -> [RememberedObject] {
        try await rows(of: "objects", Self.object)
    }

    /// The objects kept of manifests that are broken or refused.
    package func lastGood() async throws(StateFileError) -> [ManifestObject] {
        try await rows(of: "last_good", Self.lastGood)
    }

    private func rows<Element: Sendable>(
        of table: String, _ read: @escaping @Sendable (Row) throws -> Element
    ) async throws(StateFileError) -> [Element] {
        do {
            return try await database.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map(read)
            }
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Writes all changes or none.
    package func write(_ changes: [StateChange]) async throws(StateFileError) {
        guard !changes.isEmpty else { return }
        do {
            try await database.write { database in
                for change in changes { try Self.write(change, to: database) }
            }
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func prepare(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else { throw LaterVersion(number: found) }
        let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard check == "ok" else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: check)
        }
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS objects (
                    kind TEXT NOT NULL,
                    namespace TEXT NOT NULL,
                    name TEXT NOT NULL,
                    uid TEXT NOT NULL,
                    created TEXT NOT NULL,
                    admitted BLOB,
                    written BLOB,
                    PRIMARY KEY (kind, namespace, name)
                ) WITHOUT ROWID
                """)
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS last_good (
                    kind TEXT NOT NULL,
                    namespace TEXT NOT NULL,
                    name TEXT NOT NULL,
                    manifest BLOB NOT NULL,
                    PRIMARY KEY (kind, namespace, name)
                ) WITHOUT ROWID
                """)
        if found == 1 { try database.execute(sql: "ALTER TABLE objects ADD COLUMN written BLOB") }
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static func write(_ change: StateChange, to database: Database) throws {
        switch change {
        case .remember(let object):
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)")
            let admitted = try object.admitted.map { try JSONEncoder().encode($0) }
            let written = try object.written.map { try JSONEncoder().encode($0) }
            try statement.execute(arguments: [
                object.key.kind.rawValue, object.key.namespace, object.key.name, object.uid,
                object.creationTimestamp, admitted, written,
            ])
        case .forget(let key): try delete(key, from: "objects", in: database)
        case .keep(let object):
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO last_good VALUES (?, ?, ?, ?)")
            try statement.execute(arguments: [
                object.key.kind.rawValue, object.key.namespace, object.key.name,
                try JSONEncoder().encode(object),
            ])
        case .letGo(let key): try delete(key, from: "last_good", in: database)
        }
    }

    private static func delete(
        _ key: ObjectKey, from table: String, in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: "DELETE FROM \(table) WHERE kind = ? AND namespace = ? AND name = ?")
        try statement.execute(arguments: [key.kind.rawValue, key.namespace, key.name])
    }
}
