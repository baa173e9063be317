import FoundationEssentials

/// Finds the process that has a socket open.
enum SocketOwner {
    /// For example `nginx (pid 812)`; nil if the process is gone or belongs to another host.
    ///
    /// Goes through the descriptors of all processes: only for what is reported once.
    static func name(ofInode inode: UInt32) -> String? {
        let link = "socket:[\(inode)]"
        let files = FileManager.default
        for process in (try? files.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard Int32(process) != nil,
                let descriptors = try? files.contentsOfDirectory(atPath: "/proc/\(process)/fd"),
                descriptors.contains(where: {
                    let path = "/proc/\(process)/fd/\($0)"
                    return (try? files.destinationOfSymbolicLink(atPath: path)) == link
                })
            else { continue }
            let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
            return "\(name.map { $0.prefix { $0 != "\n" } } ?? "?") (pid \(process))"
        }
        return nil
    }
}
