import Foundation
import Testing

/// The repository these tests were built from.
enum Repository {
    /// The folder of `Package.swift`, two above this file's.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Folders with text that people wrote.
    static let folders = ["Sources", "Tests", "Benchmarks", "Fuzz", "deploy", "docs", ".ci"]

    /// The names of the folders right below this one.
    static func subfolders(of folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appending(path: folder), includingPropertiesForKeys: [.isDirectoryKey],
            options: .skipsHiddenFiles
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent)
    }

    /// All Swift and C files of `Sources`.
    static func sources() throws -> [SourceFile] {
        try files(in: "Sources").filter { $0.isSwift || $0.isC }
    }

    /// All Swift and C files.
    static func code() throws -> [SourceFile] {
        try everything().filter { $0.isSwift || $0.isC }
    }

    /// Every text file: code, scripts, manifests, documents.
    static func everything() throws -> [SourceFile] {
        let top = try FileManager.default.contentsOfDirectory(
            at: root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        return try top.compactMap(load) + folders.flatMap(files)
    }

    /// The text files below a folder; hidden ones, such as build products, are left out.
    private static func files(in folder: String) throws -> [SourceFile] {
        let url = root.appending(path: folder)
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        let enumerator = try #require(
            FileManager.default.enumerator(
                at: url, includingPropertiesForKeys: nil, options: .skipsHiddenFiles))
        return try enumerator.compactMap { entry in try load(#require(entry as? URL)) }
    }

    /// The file, or nil for a folder and for bytes that are no text.
    private static func load(_ url: URL) throws -> SourceFile? {
        guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true,
            let text = String(data: try Data(contentsOf: url), encoding: .utf8)
        else { return nil }
        let path = url.resolvingSymlinksInPath().path.dropFirst(root.path.count)
        return SourceFile(path: String(path.drop { $0 == "/" }), text: text)
    }
}
