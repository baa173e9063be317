import FoundationEssentials
import Glibc
import KubeAPI

/// The manifests in a folder, or in a single file, as they were when last looked at.
///
/// Of a folder it reads the files ending in `.yaml`, `.yml` and `.json` whose names do not begin
/// with a dot, and no folders inside it, as `kubectl apply -f` does.
package struct ManifestFolder: Sendable {
    /// Two writes within this time can leave the same times on a file (the kernel's clock for
    /// files advances in steps of up to 10 ms), so a file this young is read again.
    private static let timestampSteps: Int64 = 20_000_000

    /// The folder or the file.
    package let path: String
    private let limits: ManifestLimits
    private let reader: ManifestReader
    private var manifests = ManifestSet()
    private var signatures: [String: FileSignature?] = [:]
    /// Where the files that are links lead to.
    private var linkTargets: [String: String] = [:]
    /// What is wrong with the folder as a whole.
    private var ownProblem: ManifestProblem?
    /// Whether there was nothing at the path when it was looked at.
    package private(set) var isAbsent = false

    /// A folder that has not been looked at; `lastGood` is what an earlier process kept of files
    /// that were broken, which counts as long as they are.
    package init(
        path: String, limits: ManifestLimits = ManifestLimits(), lastGood: [ManifestObject] = []
    ) {
        self.path = path
        self.limits = limits
        reader = ManifestReader(limits: limits)
        let isFolder = FileSignature(of: path)?.isFolder == true
        let kept = lastGood.map { object in
            object.moved(to: Self.file(object.origin.file, at: path, isFolder: isFolder))
        }
        manifests.begin(with: kept)
        for object in kept { signatures[object.origin.file] = .some(nil) }
    }

    /// The name that a file of an earlier process has now: the folder's path may be written in
    /// another way.
    private static func file(_ name: String, at path: String, isFolder: Bool) -> String {
        let last = URL(filePath: name).lastPathComponent
        if isFolder { return path + "/" + last }
        return URL(filePath: path).lastPathComponent == last ? path : name
    }

    /// Everything wrong at the moment.
    package var problems: [ManifestProblem] {
        (ownProblem.map { [$0] } ?? []) + manifests.allProblems
    }

    /// Looks at all files and reads those that changed since the last time.
    ///
    /// While there is nothing at the path at all, everything stays as it was: a folder that is
    /// replaced, or not mounted, is no reason to take every Service down.
    package mutating func scan() async -> ManifestChanges {
        let known = ownProblem
        let files = listing()
        isAbsent = files == nil
        ownProblem = problem(with: files)
        if let files {
            for file in Set(signatures.keys).subtracting(files) {
                signatures[file] = nil
                linkTargets[file] = nil
                manifests.remove(file)
            }
            await readChanged(files.sorted())
        }
        var changes = manifests.takeChanges()
        changes.isComplete = ownProblem == nil && !manifests.hasErrors
        if let ownProblem, ownProblem != known { changes.problems.append(ownProblem) }
        return changes
    }

    private func problem(with files: Set<String>?) -> ManifestProblem? {
        let place = ManifestPlace(file: path)
        guard let files else {
            return ManifestProblem(
                at: place, message: "does not exist; everything stays as it was",
                cure: "make it again, or stop sluice to end its Services")
        }
        guard files.count > limits.files else { return nil }
        return ManifestProblem(
            at: place, message: "has more than \(limits.files) files; the rest is not read",
            cure: "put several objects into one file")
    }

    private mutating func readChanged(_ files: [String]) async {
        let now = Self.nanosecondsNow()
        var pending: [String] = []
        for file in files.prefix(limits.files) {
            let signature = FileSignature(of: file)
            guard signature == nil || signatures[file] != .some(signature) else { continue }
            let isSettled = signature.map { $0.changed < now - Self.timestampSteps } ?? false
            signatures[file] = .some(isSettled ? signature : nil)
            linkTargets[file] = signature?.isLink == true ? Self.target(of: file) : nil
            pending.append(file)
        }
        let reader = reader
        let readings = await withTaskGroup(of: (String, ManifestReading).self) { group in
            for file in pending { group.addTask { (file, await reader.read(file)) } }
            var readings: [(String, ManifestReading)] = []
            for await reading in group { readings.append(reading) }
            return readings
        }
        for (file, reading) in readings.sorted(by: { $0.0 < $1.0 }) {
            manifests.update(file, to: reading)
        }
    }

    /// The files to read; `nil` when there is nothing at the path.
    private func listing() -> Set<String>? {
        guard let signature = FileSignature(of: path) else { return nil }
        guard signature.isFolder else { return [path] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return nil
        }
        return Set(names.filter(Self.isManifest).map { path + "/" + $0 })
    }

    private static func isManifest(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    private static func nanosecondsNow() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}

extension ManifestFolder {
    /// The folders to watch: its own, the one it is in, and those that its links lead to.
    var watchedFolders: Set<String> {
        var folders = [Self.parent(of: path)] as Set
        if FileSignature(of: path)?.isFolder == true { folders.insert(path) }
        for target in linkTargets.values { folders.insert(Self.parent(of: target)) }
        return folders
    }

    private static func target(of link: String) -> String {
        URL(filePath: link).resolvingSymlinksInPath().path
    }

    private static func parent(of path: String) -> String {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}
