package import Admission
import KubeAPI

/// Brings manifest objects into the store: through Admission, with their identity, and with the
/// Endpoints and EndpointSlices that follow from them.
///
/// One loop owns it. A change costs time in proportion to the Services it touches, not to the
/// cluster: selectors are indexed, and only touched Services get their endpoints made anew.
package struct ClusterController {
    var admission: Admission
    let store: ObjectStore
    let reader: ManifestReader
    var identities: ObjectIdentities
    var lastGood: LastGoodObjects
    /// What the manifests of this round were before.
    var formerManifests: [ObjectKey: ManifestObject] = [:]
    private let stateFile: StateFile?
    let builtIn: [ManifestObject]
    private var hasBegun = false
    private var hasForgotten = false

    var index = SelectorIndex()
    /// Endpoints and slices that manifests define; others are made here.
    var written: [ObjectKey: ClusterObject] = [:]
    /// The slices made here, by Service.
    var derivedSlices: [ObjectKey: Set<ObjectKey>] = [:]
    /// Objects that Admission refused, to be tried again when something is given back.
    var refused: [ObjectKey: (object: ManifestObject, problem: ManifestProblem)] = [:]
    /// Services whose manifests state the load balancer's addresses.
    var statesIngress: Set<ObjectKey> = []
    var zones: [String: String] = [:]
    /// Services whose endpoints may have changed.
    var touched: Set<ObjectKey> = []
    var report = ControllerReport()
    /// When the changes of this round were brought into the store.
    var changeTime = ""

    /// A controller that begins with what the state file remembers.
    package init(
        store: ObjectStore,
        admission: AdmissionConfiguration,
        stateFile: StateFile? = nil,
        builtIn: [ManifestObject] = [],
        limits: ManifestLimits = ManifestLimits()
    ) async throws(StateFileError) {
        self.store = store
        self.admission = Admission(configuration: admission)
        self.stateFile = stateFile
        self.builtIn = builtIn
        reader = ManifestReader(limits: limits)
        identities = ObjectIdentities(try await stateFile?.load() ?? [])
        lastGood = LastGoodObjects(try await stateFile?.lastGood() ?? [])
    }

    /// Everything that is refused at the moment.
    package var refusals: [ManifestProblem] {
        refused.values.map(\.problem).sorted { $0.description < $1.description }
    }

    /// Brings changes into the store.
    ///
    /// A Service's addresses are on disk before anybody sees them, unless the disk refuses; the
    /// rest is written after.
    package mutating func apply(_ changes: ManifestChanges) async -> ControllerReport {
        report = ControllerReport()
        report.problems = changes.problems
        identities.beginRound()
        let changes = withBuiltIn(changes)
        formerManifests = changes.replaced.filter { refused[$0.key] == nil }
        if let held = changes.lastGood { lastGood.hold(held) }
        let isFirst = !hasBegun
        if isFirst {
            hasBegun = true
            let stated = changes.upserts.filter { $0.kind == .services }.map(\.key)
            recall(changes.isComplete ? Set(stated) : Set(identities.keys))
        }
        for key in changes.deletions { delete(key) }
        let services = admitServices(changes)
        await flush(withLastGood: false)
        // Proxies may be done within a millisecond, so it has to be finer than that.
        changeTime = MicroTime.text(microsecondsSince1970: .ofThisMoment())
        for service in services { put(service) }
        for kind in [ResourceKind.nodes, .pods, .endpoints, .endpointslices] {
            for object in changes.upserts where object.kind == kind { upsert(object) }
        }
        for service in touched.sorted() { rebuildEndpoints(of: service) }
        touched = []
        if changes.isComplete, !hasForgotten { forgetVanished() }
        if isFirst { lastGood.letGo { [refused] in refused[$0] != nil } }
        formerManifests = [:]
        await flush()
        return report
    }

    /// Takes note of what these Services had in an earlier life.
    private mutating func recall(_ keys: Set<ObjectKey>) {
        for key in keys.sorted() {
            guard let service = identities.admitted(key) else { continue }
            for problem in admission.restore(service) {
                report.problems.append(
                    ManifestProblem(
                        at: ManifestPlace(file: stateFile?.path ?? ""), object: key,
                        field: problem.field, message: problem.message,
                        cure: "the Service is given another one"))
            }
        }
    }

    /// Forgets objects of an earlier life that did not come back.
    ///
    /// Not before all manifests could be read: a Service in a file with a fault in it must not
    /// lose its address over a restart.
    private mutating func forgetVanished() {
        hasForgotten = true
        for key in Array(identities.keys)
        where store.object(key) == nil && refused[key] == nil {
            if let service = identities.admitted(key) { admission.release(service) }
            identities.forget(key)
        }
    }

    /// An object of our own goes where a manifest's was, and gives way to one.
    private func withBuiltIn(_ changes: ManifestChanges) -> ManifestChanges {
        guard !builtIn.isEmpty else { return changes }
        var changes = changes
        for object in builtIn {
            let key = object.key
            let isNeeded =
                !hasBegun
                && !changes.upserts.contains { $0.kind == key.kind && $0.key == key }
            let isUncovered = changes.deletions.contains(object.key)
            guard isNeeded || isUncovered else { continue }
            changes.deletions.removeAll { $0 == object.key }
            changes.upserts.append(object)
        }
        return changes
    }

    /// Has what is new about objects on disk; what cannot be written now goes with the next.
    ///
    /// What is last good is known at the end of a round: until then the file has what it was before.
    mutating func flush(withLastGood: Bool = true) async {
        do throws(StateFileError) {
            try await stateFile?.write(
                identities.pending + (withLastGood ? lastGood.pending : []))
            identities.flushed()
            if withLastGood { lastGood.flushed() }
        } catch {
            report.stateError = error
        }
    }
}
