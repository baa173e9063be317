import KubeAPI

/// The objects of all files together, and what a file's new content changes about them.
///
/// Of an object that several files have, the first file's counts, by name. What a file had and
/// has no more only because it is broken stays as it was: the last good state.
struct ManifestSet {
    private var contents: [String: [ObjectKey: ManifestObject]] = [:]
    /// The objects that a file has only because it is broken.
    private var held: [String: Set<ObjectKey>] = [:]
    private var isHeldNew = false
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

    /// What counts only because broken files had it when they were last good.
    private var lastGood: [ManifestObject] {
        held.flatMap { file, keys in
            keys.filter { firstFile(of: $0) == file }.compactMap { contents[file]?[$0] }
        }
    }

    /// The file whose object counts: the first that has it, before those that only had it.
    private func firstFile(of key: ObjectKey) -> String? {
        claims[key]?.first { !holds($0, key) } ?? claims[key]?.first
    }

    /// Begins with what files had when they were last good, until they are updated or removed.
    mutating func begin(with lastGood: [ManifestObject]) {
        for (file, objects) in Dictionary(grouping: lastGood, by: \.origin.file) {
            let new = Dictionary(objects.map { ($0.key, $0) }, uniquingKeysWith: { one, _ in one })
            replace(file, old: [:], new: new)
            hold(Set(new.keys), of: file)
        }
    }

    /// Takes a file's new content.
    mutating func update(_ file: String, to reading: ManifestReading) {
        let old = contents[file] ?? [:]
        var new = Dictionary(
            reading.objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let lost = old.keys.filter { key in
            new[key] == nil && (reading.hasNamelessBreakage || reading.brokenKeys.contains(key))
        }
        for key in lost { new[key] = old[key] }
        hold(Set(lost), of: file)
        replace(file, old: old, new: new)
        let known = problems[file] ?? []
        let found = reading.problems.map { $0.saying(howManyStay: lost.count) }
        news += found.filter { problem in !known.contains { $0.isSame(as: problem) } }
        problems[file] = found
    }

    /// Takes note that a file is gone, and its objects with it.
    mutating func remove(_ file: String) {
        replace(file, old: contents[file] ?? [:], new: [:])
        contents[file] = nil
        hold([], of: file)
        problems[file] = nil
    }

    /// What has changed since the last call.
    mutating func takeChanges() -> ManifestChanges {
        var changes = ManifestChanges()
        for key in touched.sorted() {
            let winner = firstFile(of: key).flatMap { contents[$0]?[key] }
            isHeldNew = isHeldNew || isHeld(key)
            noteDuplicate(key, winner: winner)
            if let winner {
                let last = winners.updateValue(winner, forKey: key)
                if winner.object != last?.object {
                    changes.upserts.append(winner)
                    changes.replaced[key] = last
                }
            } else if winners.removeValue(forKey: key) != nil {
                changes.deletions.append(key)
            }
        }
        changes.problems = news
        changes.lastGood = isHeldNew ? lastGood : nil
        isHeldNew = false
        touched = []
        news = []
        return changes
    }

    private mutating func hold(_ keys: Set<ObjectKey>, of file: String) {
        let last = held[file] ?? []
        held[file] = keys.isEmpty ? nil : keys
        touched.formUnion(last.symmetricDifference(keys))
        isHeldNew = isHeldNew || last != keys
    }

    /// Whether any file has an object only because it is broken.
    private func isHeld(_ key: ObjectKey) -> Bool {
        !held.isEmpty && claims[key]?.contains { holds($0, key) } == true
    }

    /// Whether a file has an object only because it is broken.
    private func holds(_ file: String, _ key: ObjectKey) -> Bool {
        held[file]?.contains(key) == true
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
        let others = claims[key]?.filter {
            $0 != winner?.origin.file && !holds($0, key)
        }
        guard let winner, let other = others?.first, let loser = contents[other]?[key] else {
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
