import KubeAPI

/// What reading one file gave.
package struct ManifestReading: Sendable {
    /// In the order of the file; each key once.
    package private(set) var objects: [ManifestObject] = []
    /// In the order of the file.
    package private(set) var problems: [ManifestProblem] = []
    /// Objects that the file has but not in a form that could be taken.
    private(set) var brokenKeys: Set<ObjectKey> = []
    /// Whether something could not be read so far as to know which object it is.
    private(set) var hasNamelessBreakage = false

    private let limits: ManifestLimits
    private var lines: [ObjectKey: Int] = [:]
    private var unreportedCount = 0

    init(limits: ManifestLimits) {
        self.limits = limits
    }

    /// Takes an object, unless the file has had it before.
    mutating func add(_ object: ManifestObject) {
        guard let line = lines[object.key] else {
            lines[object.key] = object.origin.line
            objects.append(object)
            return
        }
        report(
            ManifestProblem(
                at: ManifestPlace(file: object.origin.file, line: object.origin.line),
                object: object.key, message: "is also in line \(line), which counts",
                cure: "remove one of the two"))
    }

    /// Takes a problem with one object or, if it is not known which, with the file.
    mutating func breakage(_ problem: ManifestProblem) {
        var problem = problem
        if let key = problem.object {
            brokenKeys.insert(key)
        } else {
            hasNamelessBreakage = true
            problem.isNameless = true
        }
        report(problem)
    }

    /// Takes a problem with what was meant to be one of these objects.
    mutating func breakage(_ problem: ManifestProblem, ofOne keys: [ObjectKey]) {
        brokenKeys.formUnion(keys)
        report(problem)
    }

    /// Takes a problem that costs no object.
    mutating func report(_ problem: ManifestProblem) {
        guard problems.count < limits.problemsPerFile else {
            unreportedCount += 1
            return
        }
        // A kind is reported once a file, not once an object.
        guard !problems.contains(where: { $0.isSame(as: problem) }) else { return }
        problems.append(problem)
    }

    /// Says how many problems were left out.
    mutating func finish(file: String) {
        guard unreportedCount > 0 else { return }
        problems.append(
            ManifestProblem(
                at: ManifestPlace(file: file),
                message: "and \(unreportedCount) more problems like these"))
    }

    /// Takes what a part of the same file gave.
    mutating func add(_ part: ManifestReading) {
        for object in part.objects { add(object) }
        for problem in part.problems { report(problem) }
        brokenKeys.formUnion(part.brokenKeys)
        hasNamelessBreakage = hasNamelessBreakage || part.hasNamelessBreakage
        unreportedCount += part.unreportedCount
    }
}
