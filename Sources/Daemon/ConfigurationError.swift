/// A setting that cannot be used, with the flag it came by and what to do.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The flag, for example `--service-cidr`.
    package let flag: String
    /// What is wrong, and the cure.
    package let message: String

    /// Blames a flag.
    package init(_ flag: String, _ message: String) {
        self.flag = flag
        self.message = message
    }

    /// A tool that reads objects was not told where.
    static let noSource = ConfigurationError(
        "--manifests",
        "say where the state comes from: --manifests PATH, --api URL or --kubeconfig FILE")

    /// Flag and message in one line.
    package var description: String { "\(flag): \(message)" }
}
