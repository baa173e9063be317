/// How much is read of manifests.
package struct ManifestLimits: Hashable, Sendable {
    /// Bytes of one file: room for 10,000 Services with 10 Pods each.
    package var fileBytes = 128 << 20
    /// Documents of one file, the items of lists among them.
    package var documentsPerFile = 200_000
    /// Files of one folder.
    package var files = 20_000
    /// Problems reported for one file; more would not be read by anybody.
    package var problemsPerFile = 100

    /// The limits for ordinary machines.
    package init() {}
}
