import FoundationEssentials

/// The file of one role's journal: replaced as a whole, so that it is always a complete one.
struct JournalFile: Sendable {
    /// What stands in the file.
    struct Content: Codable, Hashable, Sendable {
        static let currentVersion = 1
        var version = currentVersion
        /// The kernel's boot: what was changed before a reboot is gone with it.
        var boot: String
        var records: HostRecords
    }

    private struct Header: Decodable {
        let version: Int
    }

    private static let prefix = "host-"
    private static let suffix = ".json"

    let directory: String
    let role: String

    /// Names the file of a role, such as `host-proxy.json`.
    init(directory: String, role: String) {
        precondition(
            !role.isEmpty && role.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" },
            "a role's name is part of a file's name")
        self.directory = directory
        self.role = role
    }

    var path: String { "\(directory)/\(Self.prefix)\(role)\(Self.suffix)" }

    /// Reads the file; nil if there is none.
    func load() throws(HostJournalError) -> Content? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw HostJournalError(.unreadable, file: path, reason: "\(error)")
        }
        do {
            let version = try JSONDecoder().decode(Header.self, from: data).version
            guard version <= Content.currentVersion else {
                throw HostJournalError(
                    .tooNew, file: path,
                    reason: "is of version \(version), later than \(Content.currentVersion)")
            }
            return try JSONDecoder().decode(Content.self, from: data)
        } catch let error as HostJournalError {
            throw error
        } catch {
            throw HostJournalError(.damaged, file: path, reason: "\(error)")
        }
    }

    /// Replaces the file: whoever reads it finds the old content or the new one.
    ///
    /// Foundation writes a file beside it, syncs that one and renames it. The rename itself is not
    /// synced: a power cut that undoes it undoes everything that the kernel held as well.
    func store(_ content: Content) throws(HostJournalError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            try encoder.encode(content).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw HostJournalError(.unwritable, file: path, reason: "\(error)")
        }
    }

    /// Removes the file, if it is there.
    func remove() throws(HostJournalError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw HostJournalError(.unwritable, file: path, reason: "\(error)")
        }
    }

    /// Moves the file to a name beside it that no role and no other file has; returns the path.
    func setAside() throws(HostJournalError) -> String {
        let manager = FileManager.default
        var number = 1
        while manager.fileExists(atPath: "\(path).aside-\(number)") { number += 1 }
        let target = "\(path).aside-\(number)"
        do {
            try manager.moveItem(atPath: path, toPath: target)
        } catch {
            throw HostJournalError(.unwritable, file: path, reason: "\(error)")
        }
        return target
    }

    /// The roles that have a journal in a directory, in order; none if there is no directory.
    static func roles(in directory: String) throws(HostJournalError) -> [String] {
        guard FileManager.default.fileExists(atPath: directory) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
                .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }
                .filter { !$0.isEmpty }
                .sorted()
        } catch {
            throw HostJournalError(.unreadable, file: directory, reason: "\(error)")
        }
    }
}
