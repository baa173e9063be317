/// Why the state cannot be read or kept.
package struct StateFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may act on.
    package enum Code: Hashable, Sendable {
        /// The folder or the file cannot be made or written.
        case notWritable
        /// The file is not a state file, or damaged.
        case corrupt
        /// Another process has it.
        case inUse
        /// It was written by a later version.
        case tooNew
        /// Anything else that SQLite says.
        case failed
    }

    /// Why, for those who act on it.
    package let code: Code
    /// The state file's path.
    package let file: String
    /// What happened, in words.
    package let detail: String

    /// What happened and what to do.
    package var description: String { "state file \(file): \(detail); \(cure)" }

    private var cure: String {
        switch code {
        case .notWritable: "check the folder given as --state and its permissions"
        case .corrupt:
            "restore it from a copy, or remove it: Services without a fixed address then get "
                + "new ones, and what broken manifests held before is lost"
        case .inUse: "stop the other process or give this one a --state of its own"
        case .tooNew: "use the version of sluice that wrote it, or a later one"
        case .failed: "check the disk"
        }
    }
}
