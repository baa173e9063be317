import FoundationEssentials
import Glibc

/// Says that a role runs on this host: a locked file with the process's id in it.
///
/// The kernel drops the lock when the process ends, however it ends, so a stale file never
/// counts as a living daemon.
package final class RoleLock: Sendable {
    /// The roles whose locks `holders` looks at; one that stands in for others before those.
    package static let roles = ["run", "api", "proxy", "balancer"]

    private let descriptor: Int32

    /// Takes the lock of a role in the directory, which is made if it is absent.
    package init(role: String, directory: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw ConfigurationError("--runtime-dir", "\(directory) cannot be made: \(error)")
        }
        let path = Self.path(role, directory)
        while true {
            let opened = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard opened >= 0 else {
                throw ConfigurationError(
                    "--runtime-dir", "\(path) cannot be opened; is the directory writable?")
            }
            guard Self.isLocked(opened) else {
                let holder = Self.holder(of: path) ?? "another process"
                close(opened)
                throw ToolFailure(
                    "sluice \(role) runs on this host already (pid \(holder)); stop it first, or "
                        + "give another --runtime-dir")
            }
            if Self.isFile(opened, at: path) {
                descriptor = opened
                break
            }
            // Whoever held it removed the file meanwhile; the lock is worth nothing.
            close(opened)
        }
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit { close(descriptor) }

    /// The roles that run on this host, with the ids of their processes; each process once.
    package static func holders(in directory: String) -> [(role: String, pid: String)] {
        var known: Set<String> = []
        return roles.compactMap { role in
            let path = path(role, directory)
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
            let pid = holder(of: path) ?? "unknown"
            return known.insert(pid).inserted || pid == "unknown" ? (role, pid) : nil
        }
    }

    /// Locks the file; whoever asks only who holds it has it for an instant, and is waited for.
    private static func isLocked(_ descriptor: Int32) -> Bool {
        for _ in 0..<10 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }

    /// Whether the path still leads to the open file.
    private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
        var opened = stat()
        var present = stat()
        guard unsafe fstat(descriptor, &opened) == 0, unsafe stat(path, &present) == 0 else {
            return false
        }
        return opened.st_dev == present.st_dev && opened.st_ino == present.st_ino
    }

    private static func path(_ role: String, _ directory: String) -> String {
        "\(directory)/\(role).lock"
    }

    private static func holder(of path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split(separator: "\n").first.map(String.init)
    }
}
