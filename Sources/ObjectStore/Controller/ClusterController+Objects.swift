import Admission
import KubeAPI

extension ClusterController {
    /// Problems of one round whose exact line is looked up: each reads its file again.
    private static let placedProblems = 20

    /// Admits the Services among the changes, and those refused before that may fit now.
    ///
    /// Those that ask for a certain address or port come first, so that nobody is given by
    /// chance what another one asks for.
    mutating func admitServices(_ changes: ManifestChanges) -> [ClusterObject] {
        let stated = changes.upserts.filter { $0.kind == .services }
        for object in stated { refused[object.key] = nil }
        let retried = refused.values.map(\.object).sorted { $0.key < $1.key }
        let isWorthRetrying = !stated.isEmpty || changes.deletions.contains { $0.kind == .services }
        let candidates = stated + (isWorthRetrying ? retried : [])
        let ordered =
            candidates.filter(\.asksForAddress) + candidates.filter { !$0.asksForAddress }
        var admitted: [ClusterObject] = []
        for candidate in ordered {
            guard let object = admit(candidate) else { continue }
            admitted.append(identities.identified(object))
        }
        return admitted
    }

    /// Brings one object that is no Service into the store.
    mutating func upsert(_ candidate: ManifestObject) {
        guard let admitted = admit(candidate) else { return }
        let object = identities.identified(admitted)
        switch object {
        case .service: put(object)
        case .pod: upsertPod(object)
        case .node(let node): upsertNode(node, object)
        case .endpoints:
            written[object.key] = object
            touched.insert(object.key.service)
            // Whether it counts is for the Service's selector to say; without one, it does.
            if store.object(object.key.service) == nil { put(object) }
        case .endpointSlice:
            written[object.key] = object
            put(object)
        case .lease: break  // Clients write them.
        }
    }

    /// Stores an object that was admitted and has its identity.
    mutating func put(_ object: ClusterObject) {
        if case .service(let service) = object {
            let selector = EqualitySelector(service.spec.selector)
            index.setService(object.key, selector: selector)
            touched.insert(object.key)
        }
        let before = store.object(object.key)
        // It has a name, and any version may be replaced, so the store has no reason to refuse.
        guard let stored = try? store.put(object) else { return }
        if stored !== before { report.upsertCount += 1 }
    }

    /// Removes an object that a manifest had.
    mutating func delete(_ key: ObjectKey) {
        refused[key] = nil
        lastGood.letGo(key)
        statesIngress.remove(key)
        let last =
            store.object(key)?.object ?? identities.admitted(key).map(ClusterObject.service)
        if let last { admission.release(last) }
        switch key.kind {
        case .pods:
            touched.formUnion(index.services(selecting: key))
            index.setPod(key, labels: nil)
        case .services:
            index.setService(key, selector: nil)
            touched.insert(key)
        case .nodes:
            touched.insert(admission.configuration.dnsService)
            if zones.removeValue(forKey: key.name) != nil { touchAll() }
        case .endpoints:
            written[key] = nil
            touched.insert(key.service)
        case .endpointslices:
            written[key] = nil
            touchOwner(ofSlice: key)
        case .leases: break
        }
        remove(key)
    }

    /// Removes an object from the store and from memory.
    mutating func remove(_ key: ObjectKey) {
        identities.forget(key)
        if (try? store.delete(key)) != nil { report.deletionCount += 1 }
    }

    private mutating func admit(_ candidate: ManifestObject) -> ClusterObject? {
        let key = candidate.key
        let previous =
            store.object(key)?.object ?? identities.admitted(key).map(ClusterObject.service)
        // A manifest's Service in the place of ours, or ours in its place, is another Service: it
        // may have another address.
        let replaced = previous.flatMap {
            $0.isMadeHere == candidate.object.isMadeHere ? nil : $0
        }
        if let replaced { admission.release(replaced) }
        do throws(AdmissionError) {
            let admitted = try admit(
                candidate.object, inPlaceOf: replaced == nil ? previous : nil)
            refused[key] = nil
            lastGood.letGo(key)
            return admitted
        } catch {
            if let replaced {
                // Ours comes only where the manifest's is gone.
                if candidate.object.isMadeHere {
                    delete(key)
                } else {
                    _ = admission.restore(replaced)
                }
            }
            refuse(candidate, error)
            return inPlaceOfRefused(candidate)
        }
    }

    /// What is served goes on being served; after a restart it has to be brought back.
    private mutating func inPlaceOfRefused(_ candidate: ManifestObject) -> ClusterObject? {
        let key = candidate.key
        let accepted = lastGood.accepted(key)
        guard store.object(key) == nil else {
            if accepted == nil, let good = formerManifests[key] {
                lastGood.keep(good.moved(to: candidate.origin.file))
            }
            return nil
        }
        let last = accepted ?? builtIn.first { $0.key == key && !candidate.object.isMadeHere }
        guard let last else { return nil }
        return try? admit(
            last.object, inPlaceOf: identities.admitted(key).map(ClusterObject.service))
    }

    private mutating func admit(
        _ object: ClusterObject, inPlaceOf previous: ClusterObject?
    ) throws(AdmissionError) -> ClusterObject {
        let admitted = try admission.admit(withStatus(object), previous: previous)
        noteStatus(of: admitted, stated: object)
        return admitted
    }

    private mutating func refuse(_ candidate: ManifestObject, _ error: AdmissionError) {
        let known = refused[candidate.key]?.problem
        for problem in error.problems {
            let isPlaced = report.problems.count < Self.placedProblems
            let origin = candidate.origin
            let reported = ManifestProblem(
                at: isPlaced
                    ? reader.place(of: problem.field, in: origin)
                    : ManifestPlace(file: origin.file, line: origin.line),
                object: candidate.key, field: problem.field, message: problem.message)
            if problem == error.problems.first { refused[candidate.key] = (candidate, reported) }
            if known?.isSame(as: reported) != true { report.problems.append(reported) }
        }
    }

    private mutating func upsertPod(_ object: ClusterObject) {
        let key = object.key
        touched.formUnion(index.services(selecting: key))
        index.setPod(key, labels: object.metadata.labels ?? [:])
        touched.formUnion(index.services(selecting: key))
        put(object)
    }

    private mutating func upsertNode(_ node: NodeObject, _ object: ClusterObject) {
        let zone = node.metadata.label(WellKnown.zone) ?? node.metadata.label(WellKnown.legacyZone)
        if zones[object.key.name] != zone {
            zones[object.key.name] = zone
            touchAll()
        }
        touched.insert(admission.configuration.dnsService)
        put(object)
    }

    private mutating func touchAll() {
        touched.formUnion(index.allServices)
    }

    /// A slice that a manifest had in the place of one made here is made here again.
    private mutating func touchOwner(ofSlice key: ObjectKey) {
        let owner = store.object(key)?.object.metadata.label(WellKnown.serviceName)
        guard let owner else { return }
        touched.insert(ObjectKey(kind: .services, namespace: key.namespace, name: owner))
    }
}

extension ClusterObject {
    /// Whether the object is there without a manifest, and says so.
    fileprivate var isMadeHere: Bool { metadata.label(WellKnown.madeBy) == WellKnown.sluice }
}

extension ObjectKey {
    /// The Service that Endpoints of this key belong to.
    var service: ObjectKey { ObjectKey(kind: .services, namespace: namespace, name: name) }

    /// The Endpoints of the Service of this key.
    var endpoints: ObjectKey { ObjectKey(kind: .endpoints, namespace: namespace, name: name) }
}

extension ManifestObject {
    /// Whether this is a Service that states an address or a port that could be given out.
    fileprivate var asksForAddress: Bool {
        guard case .service(let service) = object else { return false }
        let spec = service.spec
        return spec.clusterIP != nil || spec.clusterIPs != nil || spec.loadBalancerIP != nil
            || spec.healthCheckNodePort != nil
            || spec.ports?.contains { $0.nodePort != nil } == true
    }
}
