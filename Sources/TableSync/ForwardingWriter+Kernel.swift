import Forwarding
import Netfilter
import Ruleset
import ServiceModel

/// The steps of the writer: replace, commit, compare with the kernel.
extension ForwardingWriter {
    /// How often a reading is repeated that a foreign change has overtaken.
    private static let readAttempts = 5
    /// The same where each time at least some of the changes could be committed before.
    private static let fillAttempts = 100

    /// Replaces and commits; takes the replacement back if that fails.
    func attempt(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])],
        _ report: inout WriteReport
    ) throws(NetfilterError) {
        let replacement = table.replace(updates)
        do throws(NetfilterError) {
            try commit(replacement.changes, &report)
            report.conflicts += replacement.conflicts
        } catch {
            table.revert(replacement)
            throw error
        }
        guard !replacement.replaced.isEmpty else { return }
        let before = replacement.replaced.flatMap(\.before)
        let now = replacement.replaced.flatMap { table.entries(of: $0.service) }
        affinitySweep.note(from: before, to: now)
        untold.append((before, now))
    }

    /// After a failure: brings kernel and table together again, then tries the Services once more.
    ///
    /// Somebody may have changed our tables, so that a good change met a kernel it did not
    /// expect. If the change fails again, it is the Service's own fault.
    func settle(
        _ error: NetfilterError,
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])],
        _ report: inout WriteReport
    ) throws(NetfilterError) {
        try repair(&report)
        do throws(NetfilterError) {
            try attempt(updates, &report)
        } catch {
            guard error.isAboutChanges else { throw error }
            for update in updates { report.refused[update.service] = error }
        }
    }

    /// Makes the kernel equal to the table, and notes what it took.
    func repair(_ report: inout WriteReport) throws(NetfilterError) {
        let (repairs, durations) = try reconcile()
        report.hasRepaired = report.hasRepaired || repairs > 0
        report.changeCount += repairs
        report.transactions += durations
    }

    func commit(
        _ changes: [RulesetChange], _ report: inout WriteReport
    ) throws(NetfilterError) {
        guard !changes.isEmpty else { return }
        let clock = ContinuousClock()
        let start = clock.now
        try socket.commit(changes)
        report.transactions.append(clock.now - start)
        report.changeCount += changes.reduce(0) { $0 + $1.size }
        try noteGeneration(after: 1)
    }

    /// Notes the generation if nobody but us has changed a ruleset meanwhile.
    func noteGeneration(after commits: UInt32) throws(NetfilterError) {
        guard let known = knownGeneration else { return }
        let now = try socket.generation()
        knownGeneration = now == known &+ commits ? now : nil
    }

    /// Compares the kernel's tables with the plan, and commits what differs, which it tells before.
    func reconcile(
        _ tell: ([RulesetChange]) -> Void = { _ in }
    ) throws(NetfilterError) -> (changes: Int, transactions: [Duration]) {
        knownGeneration = nil
        var (attempts, futileAttempts) = (0, 0)
        while true {
            var course = Course()
            do throws(NetfilterError) {
                let difference = try readDifference()
                course.generation = difference.generation
                tell(difference.changes)
                for transaction in CommitPlan.transactions(for: difference.changes) {
                    try commit(transaction, &course)
                }
                var pace = FillingPace()
                var filling = TableFilling(table, limit: pace.elements)
                try filling.fill(difference.missing, replacing: difference.unfinished) {
                    transaction throws(NetfilterError) in
                    tell(transaction)
                    try commit(transaction, &course)
                    hasFilled = true
                    if let last = course.durations.last { pace.note(last) }
                    return pace.elements
                }
                knownGeneration = course.generation
                return (course.changeCount, course.durations)
            } catch {
                // What gets on is tried longer than what does not.
                if course.durations.isEmpty { futileAttempts += 1 }
                attempts += 1
                guard error.isOutdated, futileAttempts < Self.readAttempts,
                    attempts < Self.fillAttempts
                else { throw error }
            }
        }
    }

    /// How the kernel's tables differ from the plan.
    func readDifference() throws(NetfilterError) -> KernelDifference {
        try KernelDifference(
            from: table, with: &socket, askedElements: askedElements,
            replacesUnfinished: !hasFilled)
    }

    /// How far `reconcile` has come.
    private struct Course {
        /// The kernel's ruleset generation, if nobody else commits.
        var generation: UInt32 = 0
        var changeCount = 0
        var durations: [Duration] = []
    }

    /// Commits if nobody else has since the course began.
    private func commit(
        _ transaction: [RulesetChange], _ course: inout Course
    ) throws(NetfilterError) {
        lastTransaction = transaction
        let clock = ContinuousClock()
        let start = clock.now
        try socket.commit(transaction, ifGeneration: course.generation)
        course.durations.append(clock.now - start)
        course.generation &+= 1
        course.changeCount += transaction.reduce(0) { $0 + $1.size }
    }

    /// The Service whose element the kernel refused in the last transaction, if that can be told.
    func culprit(of error: NetfilterError) -> ServiceIdentity? {
        guard let index = error.changeIndex, index < lastTransaction.count,
            case .addElements(let id, let set, let elements) = lastTransaction[index],
            let element = error.elementIndex, element < elements.count,
            let frontend = Frontend(leading: elements[element].key, of: set, family: id.family)
        else { return nil }
        return table.holder(of: frontend)
    }

    /// Deletes the stale elements of one affinity map.
    ///
    /// In a batch of its own, and one by one if that fails: an element may expire in between.
    func forgetClients(
        in map: (table: TableID, declaration: SetDeclaration), _ family: TableFamily
    ) throws(NetfilterError) -> Int {
        guard affinitySweep.looks(into: map.declaration, family) else { return 0 }
        let elements = try socket.elements(of: map.table, in: map.declaration)
        let stale = affinitySweep.stale(among: elements, of: map.declaration, family: family)
        guard !stale.isEmpty else { return 0 }
        do throws(NetfilterError) {
            try socket.commit([.removeElements(map.table, map.declaration, stale)])
            try noteGeneration(after: 1)
            return stale.count
        } catch {
            guard error.isNotFound else { throw error }
        }
        var count = 0
        for element in stale {
            do throws(NetfilterError) {
                try socket.commit([.removeElements(map.table, map.declaration, [element])])
                try noteGeneration(after: 1)
                count += 1
            } catch {
                guard error.isNotFound else { throw error }
            }
        }
        return count
    }
}

extension NetfilterError {
    /// True if the changes themselves were refused, by the kernel or before it.
    var isAboutChanges: Bool { operation == .commit || operation == .encode }
}
