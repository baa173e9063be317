import Foundation
import ObjectStore

/// A copy of the state file for a tool: what a tool plans must change no allocation, and the
/// daemon that gives them out holds the file itself locked.
final class StateCopy {
    private let folder: String

    /// Copies the state of a directory; nil if there is none.
    init?(of directory: String) throws {
        let files = FileManager.default
        guard files.fileExists(atPath: "\(directory)/\(StateFile.name)") else { return nil }
        folder = files.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)").path
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The log of the last changes first: a page that is in neither copy would be lost.
        for name in ["\(StateFile.name)-wal", StateFile.name] {
            let source = "\(directory)/\(name)"
            guard files.fileExists(atPath: source) else { continue }
            try files.copyItem(atPath: source, toPath: "\(folder)/\(name)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Opens the copy.
    func file() throws -> StateFile { try StateFile(folder: folder) }
}
