import FoundationEssentials
import Glibc

/// Says that a role runs on this host: a locked file with the process's id in it.
///
/// The kernel drops the lock when the process ends, however it ends, so a stale file never
/// counts as a living daemon.
package final class RoleLock: Sendable {
    /// The roles whose locks `holders` looks at.
    package static let roles = ["api", "proxy", "balancer", "run"]

    private let descriptor: Int32

    /// Takes the lock of a role in the directory, which is made if it is absent.
    package init(role: String, directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let path = Self.path(role, directory)
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ConfigurationError(
                "--runtime-dir", "\(path) cannot be opened; is the directory writable?")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(of: path) ?? "another process"
            close(descriptor)
            throw ConfigurationError(
                "--runtime-dir",
                "sluice \(role) runs on this host already (pid \(holder)); stop it first")
        }
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit { close(descriptor) }

    /// The roles that run on this host, with the ids of their processes.
    package static func holders(in directory: String) -> [(role: String, pid: String)] {
        roles.compactMap { role in
            let path = path(role, directory)
            let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return nil }
            return (role, holder(of: path) ?? "unknown")
        }
    }

    private static func path(_ role: String, _ directory: String) -> String {
        "\(directory)/\(role).lock"
    }

    private static func holder(of path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split(separator: "\n").first.map(String.init)
    }
}
