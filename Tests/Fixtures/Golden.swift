import Foundation

/// Whole texts kept beside the tests, in a folder `Golden`.
///
/// With `RECORD_GOLDEN=1` in the environment they are written instead of compared.
package struct Golden: Sendable {
    private let file: URL

    /// Names a text of the folder beside the calling test file.
    package init(_ name: String, beside test: String = #filePath) {
        file = URL(filePath: test).deletingLastPathComponent()
            .appending(components: "Golden", name)
    }

    /// The text as it should be; what is given, if texts are being recorded.
    package func text(recording actual: String) throws -> String {
        guard ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" else {
            return try String(contentsOf: file, encoding: .utf8)
        }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try actual.write(to: file, atomically: true, encoding: .utf8)
        return actual
    }
}
