import Glibc

/// What changes when a file does: a new file under the name, other times, another size.
struct FileSignature: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let modified: Int64
    let changed: Int64
    let bytes: Int
    let isFolder: Bool
    /// Whether the path is a symbolic link to what the rest is about.
    let isLink: Bool

    /// Follows symbolic links; fails where there is nothing.
    init?(of path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        isLink = status.st_mode & S_IFMT == S_IFLNK
        guard !isLink || (unsafe stat(path, &status)) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
        bytes = Int(status.st_size)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
