import KubeAPI

/// The objects of all files together, and what a file's new content changes about them.
///
/// Of an object that several files have, the first file's counts, by name. What a file had and
/// has no more only because it is broken stays as it was: the last good state.
struct ManifestSet {
    private var contents: [String: [ObjectKey: ManifestObject]] = [:]
    private var problems: [String: [ManifestProblem]] = [:]
    /// The files that have an object, ordered by name.
    private var claims: [ObjectKey: [String]] = [:]
    private var duplicates: [ObjectKey: ManifestProblem] = [:]
    private var winners: [ObjectKey: ManifestObject] = [:]
    private var touched: Set<ObjectKey> = []
    private var news: [ManifestProblem] = []

    /// Everything wrong at the moment, ordered by file and line.
    var allProblems: [ManifestProblem] {
        (problems.values.flatMap(\.self) + duplicates.values)
            .sorted { ($0.file, $0.line ?? 0) < ($1.file, $1.line ?? 0) }
    }

    /// Whether any file has something that should be an object of ours and is not.
    var hasErrors: Bool {
        problems.values.contains { $0.contains { $0.severity == .error } }
    }

    /// How many objects there are.
    var count: Int { winners.count }

    /// Takes a file's new content.
    mutating func update(_ file: String, to reading: ManifestReading) {
        let old = contents[file] ?? [:]
        var new = Dictionary(
            reading.objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for (key, object) in old where new[key] == nil {
            let isLostByBreakage =
                reading.hasNamelessBreakage || reading.brokenKeys.contains(key)
            if isLostByBreakage { new[key] = object }
        }
        replace(file, old: old, new: new)
        let known = problems[file] ?? []
        news += reading.problems.filter { problem in
            !known.contains { $0.isSame(as: problem) }
        }
        problems[file] = reading.problems
    }

    /// Takes note that a file is gone, and its objects with it.
    mutating func remove(_ file: String) {
        replace(file, old: contents[file] ?? [:], new: [:])
        contents[file] = nil
        problems[file] = nil
    }

    /// What has changed since the last call.
    mutating func takeChanges() -> ManifestChanges {
        var changes = ManifestChanges()
        for key in touched.sorted() {
            let winner = claims[key]?.first.flatMap { contents[$0]?[key] }
            noteDuplicate(key, winner: winner)
            if let winner {
                if winner.object != winners[key]?.object { changes.upserts.append(winner) }
                winners[key] = winner
            } else if winners.removeValue(forKey: key) != nil {
                changes.deletions.append(key)
            }
        }
        changes.problems = news
        touched = []
        news = []
        return changes
    }

    private mutating func replace(
        _ file: String, old: [ObjectKey: ManifestObject], new: [ObjectKey: ManifestObject]
    ) {
        for key in old.keys where new[key] == nil {
            claims[key]?.removeAll { $0 == file }
            if claims[key]?.isEmpty == true { claims[key] = nil }
            touched.insert(key)
        }
        for (key, object) in new where old[key] != object {
            if old[key] == nil {
                claims[key, default: []].append(file)
                claims[key]?.sort()
            }
            touched.insert(key)
        }
        contents[file] = new
    }

    private mutating func noteDuplicate(_ key: ObjectKey, winner: ManifestObject?) {
        guard let winner, let other = claims[key]?.dropFirst().first,
            let loser = contents[other]?[key]
        else {
            duplicates[key] = nil
            return
        }
        let problem = ManifestProblem(
            at: ManifestPlace(file: other, line: loser.origin.line), object: key,
            message: "is also in \(winner.origin.file):\(winner.origin.line), which counts",
            cure: "remove one of the two")
        if duplicates[key]?.isSame(as: problem) != true { news.append(problem) }
        duplicates[key] = problem
    }
}
