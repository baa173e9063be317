internal import CNetfilter
internal import Glibc

/// A setting of the kernel under /proc/sys.
///
/// Those below `net` mostly exist once for each network namespace. Calls block for microseconds.
package struct Sysctl: Hashable, Sendable {
    /// Such as `net.ipv4.ip_forward`; with slashes instead where a part holds a dot, as in
    /// `net/ipv4/conf/eth0.100/forwarding`.
    package let name: String
    /// The namespace that `ip netns` calls so; nil stands for the calling thread's own.
    package let namespace: String?

    /// Fails for a name with empty parts or with `..`, which would lead out of /proc/sys.
    package init?(_ name: String, inNamespace namespace: String? = nil) {
        let parts = Self.parts(name)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }) else { return nil }
        self.name = name
        self.namespace = namespace
    }

    /// The value, without the line's end.
    package func read() throws(NetworkError) -> String {
        let file = try open(O_RDONLY, .readSysctl)
        var value = [UInt8](repeating: 0, count: Self.maximumValueBytes)
        let count = try file.call(failure: error(.readSysctl)) { fd in
            unsafe value.withUnsafeMutableBytes { bytes in
                unsafe cnf_net_read(fd, bytes.baseAddress, bytes.count)
            }
        }
        let text = value.prefix(count).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return String(decoding: text.first ?? [], as: UTF8.self)
    }

    /// Writes the value; the kernel says `EINVAL` to one that the setting cannot have.
    package func write(_ value: String) throws(NetworkError) {
        let file = try open(O_WRONLY, .writeSysctl)
        // The kernel takes no bytes at all for no write; an empty line is an empty list.
        let bytes = value.isEmpty ? [UInt8(ascii: "\n")] : Array(value.utf8)
        try file.call(failure: error(.writeSysctl)) { fd in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe cnf_net_write(fd, bytes.baseAddress, bytes.count)
            }
        }
    }

    /// Sees to it that the setting has the value; nil when it had it already.
    ///
    /// Whoever calls keeps the change, to undo it with `write(change.before)`.
    package func set(to value: String) throws(NetworkError) -> SysctlChange? {
        let before = try read()
        guard before != value else { return nil }
        try write(value)
        return SysctlChange(name: name, before: before, after: value)
    }

    /// The longest value that is read; a list of ports may be long, and comes in one piece or not
    /// at all (kernel: `proc_do_large_bitmap`).
    private static let maximumValueBytes = 65_536

    private func open(
        _ flags: Int32, _ operation: NetworkError.Operation
    ) throws(NetworkError) -> NetworkDescriptor {
        let path = "/proc/sys/" + Self.parts(name).joined(separator: "/")
        return try NetworkDescriptor(
            path: path, flags: flags, inNamespace: namespace, failure: error(operation))
    }

    private func error(_ operation: NetworkError.Operation) -> (Int32) -> NetworkError {
        { code in NetworkError(operation: operation, code: code, subject: name) }
    }

    private static func parts(_ name: String) -> [Substring] {
        let separator: Character = name.contains("/") ? "/" : "."
        return name.split(separator: separator, omittingEmptySubsequences: false)
    }
}

/// A setting that was changed, and what it was before.
package struct SysctlChange: Hashable, Sendable, Codable {
    /// The setting; see `Sysctl.name`.
    package let name: String
    /// The value to go back to.
    package let before: String
    /// The value that was written.
    package let after: String

    /// Makes the value; nothing is written.
    package init(name: String, before: String, after: String) {
        self.name = name
        self.before = before
        self.after = after
    }
}
