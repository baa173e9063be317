import FoundationEssentials
import GRDB
import KubeAPI

extension StateFile {
    /// The file's layout is one that this version does not know.
    struct LaterVersion: Error {
        let number: Int
    }

    /// A row that no version has written.
    struct BrokenRow: Error {
        let description: String
    }

    static func object(_ row: Row) throws -> RememberedObject {
        let key = try key(row)
        var object = RememberedObject(
            key: key, uid: try row.decode(forKey: "uid"),
            creationTimestamp: try row.decode(forKey: "created"),
            admitted: try json(ServiceObject.self, row, "admitted", of: key))
        object.written = try json(WrittenStatus.self, row, "written", of: key)
        return object
    }

    static func lastGood(_ row: Row) throws -> ManifestObject {
        let key = try key(row)
        guard let object = try json(ManifestObject.self, row, "manifest", of: key) else {
            throw BrokenRow(description: "the row of \(key) has no manifest")
        }
        return object
    }

    private static func key(_ row: Row) throws -> ObjectKey {
        let kind: String = try row.decode(forKey: "kind")
        let namespace: String = try row.decode(forKey: "namespace")
        let name: String = try row.decode(forKey: "name")
        guard let resource = ResourceKind(rawValue: kind) else {
            throw BrokenRow(description: "unknown kind \(kind) of \(namespace)/\(name)")
        }
        return ObjectKey(kind: resource, namespace: namespace, name: name)
    }

    private static func json<Value: Decodable>(
        _ type: Value.Type, _ row: Row, _ column: String, of key: ObjectKey
    ) throws -> Value? {
        guard let bytes: Data = try row.decodeIfPresent(forKey: column) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw BrokenRow(description: "the row of \(key) does not decode")
        }
    }

    static func failure(_ error: any Error, _ path: String) -> StateFileError {
        if let error = error as? LaterVersion {
            return StateFileError(
                code: .tooNew, file: path, detail: "has version \(error.number)")
        }
        if let error = error as? BrokenRow {
            return StateFileError(code: .corrupt, file: path, detail: error.description)
        }
        guard let error = error as? DatabaseError else {
            return StateFileError(code: .corrupt, file: path, detail: "\(error)")
        }
        let detail = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        let code: StateFileError.Code =
            switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: .corrupt
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: .notWritable
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse
            default: .failed
            }
        return StateFileError(code: code, file: path, detail: detail)
    }
}

extension Row {
    fileprivate func decode<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        forKey name: String
    ) throws -> Value {
        guard let value: Value = try decodeIfPresent(forKey: name) else {
            throw StateFile.BrokenRow(description: "a row has no \(name)")
        }
        return value
    }

    fileprivate func decodeIfPresent<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        forKey name: String
    ) throws -> Value? {
        guard let stored = self[name] as (any DatabaseValueConvertible)? else { return nil }
        guard let value = Value.fromDatabaseValue(stored.databaseValue) else {
            throw StateFile.BrokenRow(description: "\(name) of a row has the wrong type")
        }
        return value
    }
}
