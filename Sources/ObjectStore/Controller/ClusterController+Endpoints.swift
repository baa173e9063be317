import Admission
import KubeAPI

extension ClusterController {
    /// What a Service's endpoints should be.
    private struct Target {
        var slices: [EndpointSliceObject] = []
        var endpoints: ClusterObject?
    }

    /// Makes the Endpoints and slices of a Service anew and stores what differs.
    mutating func rebuildEndpoints(of key: ObjectKey) {
        let existing = (derivedSlices[key] ?? []).compactMap { store.object($0) }
        let target = target(of: key, existing: existing)
        var kept: Set<ObjectKey> = []
        for slice in target.slices {
            let sliceKey = ClusterObject.endpointSlice(slice).key
            // A manifest's slice of the same name counts.
            guard written[sliceKey] == nil else { continue }
            kept.insert(sliceKey)
            let before = store.object(sliceKey)?.object
            store(derived: .endpointSlice(slice.timed(now: changeTime, before: before)))
        }
        for slice in existing where !kept.contains(slice.key) && written[slice.key] == nil {
            remove(slice.key)
        }
        derivedSlices[key] = kept.isEmpty ? nil : kept
        if let endpoints = target.endpoints {
            store(derived: endpoints)
        } else if store.object(key.endpoints) != nil {
            remove(key.endpoints)
        }
    }

    private mutating func target(of key: ObjectKey, existing: [StoredObject]) -> Target {
        let own = written[key.endpoints]
        guard case .service(let service)? = store.object(key)?.object else {
            return Target(endpoints: own)
        }
        let slices = existing.compactMap { stored -> EndpointSliceObject? in
            guard case .endpointSlice(let slice) = stored.object else { return nil }
            return slice
        }
        let pods = index.pods(selectedBy: key).compactMap { key -> PodObject? in
            guard case .pod(let pod)? = store.object(key)?.object else { return nil }
            return pod
        }
        let made = EndpointsFromSelector(
            service: service, pods: pods, zones: zones, existing: slices)
        if let made {
            noteOmissions(made, of: key)
            return Target(slices: made.slices, endpoints: .endpoints(made.endpoints))
        }
        guard case .endpoints(let endpoints)? = own else {
            guard servesFromNodes(service) else { return Target() }
            let made = EndpointsFromNodes(service: service, nodes: nodes, existing: slices)
            return Target(slices: made.slices, endpoints: .endpoints(made.endpoints))
        }
        return Target(
            slices: SliceMirroring.slices(of: endpoints, service: service, existing: slices),
            endpoints: own)
    }

    /// Whether this is the DNS Service that is there without a manifest: the nodes are behind it.
    private func servesFromNodes(_ service: ServiceObject) -> Bool {
        service.key == admission.configuration.dnsService
            && service.metadata.label(WellKnown.madeBy) == WellKnown.sluice
    }

    private var nodes: [NodeObject] {
        // A list without a token of an earlier one is never refused.
        let stored = (try? store.list(ListRequest(.nodes)).objects) ?? []
        return stored.compactMap {
            guard case .node(let node) = $0.object else { return nil }
            return node
        }
    }

    private mutating func store(derived object: ClusterObject) {
        // Neither Endpoints nor slices made here are counted as the manifests' own.
        _ = try? store.put(identities.identified(object))
    }

    private mutating func noteOmissions(_ made: EndpointsFromSelector, of key: ObjectKey) {
        guard made.omittedCount > 0 else { return }
        let problem = ManifestProblem(
            at: ManifestPlace(file: "built-in"), object: key, field: "spec.selector",
            message: "selects \(made.omittedCount) Pods more than the "
                + "\(EndpointLimits.endpointsPerService) endpoints that a Service may have",
            cure: "spread the Pods over several Services")
        report.problems.append(problem)
    }
}
