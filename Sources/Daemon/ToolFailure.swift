import Foundation

/// What a tool says beside its output.
enum ToolWarning {
    /// Writes a line on standard error.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data("sluice: \(text)\n".utf8))
    }
}

/// Ends a tool with an exit status, and with a message if there is more to say.
package struct ToolFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The exit status: 1 failed, 2 usage.
    package let status: Int32
    /// For standard error.
    package let message: String?

    /// Ends the tool.
    package init(status: Int32 = 1, _ message: String? = nil) {
        self.status = status
        self.message = message
    }

    /// The message, or that there is none.
    package var description: String { message ?? "failed" }

    /// Why a daemon cannot say yet what differs.
    static let notSynced = ToolFailure(
        "the daemon has no plan yet: it waits for its API, or for the kernel; see /healthz")
}
