package import KubeAPI
package import ServiceModel

/// What is known of the cluster: services, their endpoints and the nodes.
///
/// Takes objects as they arrive and says which Services they touch, so that the work of a change
/// is that of the Services it touches.
package struct ClusterSnapshot: Sendable {
    private struct Slice: Sendable {
        let service: ServiceIdentity
        let group: EndpointGroup
    }

    private struct SliceKey: Hashable, Sendable {
        let namespace: String
        let name: String
    }

    /// Services by name.
    package private(set) var services: [ServiceIdentity: ServiceDefinition] = [:]
    /// Nodes by name.
    package private(set) var nodes: [String: NodeIdentity] = [:]
    private var slices: [SliceKey: Slice] = [:]
    private var sliceKeys: [ServiceIdentity: [SliceKey]] = [:]
    /// Problems of the objects taken since they were last fetched.
    private var problems: [TranslationProblem] = []
    /// Objects that are there and could not be read when they were last told of.
    private var unreadable: Set<ObjectKey> = []

    /// Nothing is known yet.
    package init() {}

    /// The groups of endpoints of a Service, in order of their slices' names.
    package func groups(of service: ServiceIdentity) -> [EndpointGroup] {
        (sliceKeys[service] ?? []).compactMap { slices[$0]?.group }
    }

    /// Returns the problems found since the last call, and forgets them.
    package mutating func takeProblems() -> [TranslationProblem] {
        defer { problems = [] }
        return problems
    }

    /// Takes note of an object that is there but cannot be read: the next list of its kind
    /// leaves what is known of it as it is.
    package mutating func keep(_ key: ObjectKey) {
        unreadable.insert(key)
    }

    /// The unreadable objects of a kind, which are forgotten.
    private mutating func takeUnreadable(_ kind: ResourceKind) -> Set<ObjectKey> {
        let taken = unreadable.filter { $0.kind == kind }
        unreadable.subtract(taken)
        return taken
    }

    // MARK: Services

    /// Takes the complete list of Services; returns those that differ from what was known.
    package mutating func replaceServices(_ objects: [ServiceObject]) -> Set<ServiceIdentity> {
        let present = Set(objects.map(\.identity)).union(
            takeUnreadable(.services).map {
                ServiceIdentity(namespace: $0.namespace, name: $0.name)
            })
        var touched: Set<ServiceIdentity> = []
        for gone in services.keys where !present.contains(gone) {
            services[gone] = nil
            touched.insert(gone)
        }
        for object in objects { touched.formUnion(upsert(object)) }
        return touched
    }

    /// Takes a new or changed Service; returns it if it differs from what was known.
    package mutating func upsert(_ object: ServiceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        let (definition, problems) = ServiceReading.read(object)
        self.problems += problems
        let identity = definition.identity
        guard services[identity] != definition else { return [] }
        services[identity] = definition
        return [identity]
    }

    /// Forgets a Service; its endpoints stay known, for it may come back before them.
    package mutating func delete(_ object: ServiceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        return services.removeValue(forKey: object.identity) == nil ? [] : [object.identity]
    }

    // MARK: Endpoints

    /// Takes the complete list of slices; returns the Services whose endpoints differ.
    package mutating func replaceSlices(
        _ objects: [EndpointSliceObject]
    ) -> Set<ServiceIdentity> {
        let present = Set(objects.map(Self.key)).union(
            takeUnreadable(.endpointslices).map {
                SliceKey(namespace: $0.namespace, name: $0.name)
            })
        var touched: Set<ServiceIdentity> = []
        for gone in slices.keys where !present.contains(gone) {
            touched.formUnion(forget(gone))
        }
        for object in objects { touched.formUnion(upsert(object)) }
        return touched
    }

    /// Takes a new or changed slice; returns the Services whose endpoints differ.
    package mutating func upsert(_ object: EndpointSliceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        let key = Self.key(object)
        let (group, problems) = EndpointReading.read(object)
        self.problems += problems
        guard let group, let name = object.serviceName else { return forget(key) }
        let service = ServiceIdentity(namespace: key.namespace, name: name)
        if let known = slices[key] {
            if known.service == service, known.group == group { return [] }
            guard known.service == service else {
                var touched = forget(key)
                touched.formUnion(insert(key, Slice(service: service, group: group)))
                return touched
            }
            slices[key] = Slice(service: service, group: group)
            return [service]
        }
        return insert(key, Slice(service: service, group: group))
    }

    /// Forgets a slice; returns the Service that it belonged to.
    package mutating func delete(_ object: EndpointSliceObject) -> Set<ServiceIdentity> {
        unreadable.remove(object.key)
        return forget(Self.key(object))
    }

    private mutating func insert(_ key: SliceKey, _ slice: Slice) -> Set<ServiceIdentity> {
        slices[key] = slice
        sliceKeys[slice.service, default: []].append(key)
        sliceKeys[slice.service]?.sort { $0.name < $1.name }
        return [slice.service]
    }

    private mutating func forget(_ key: SliceKey) -> Set<ServiceIdentity> {
        guard let slice = slices.removeValue(forKey: key) else { return [] }
        sliceKeys[slice.service]?.removeAll { $0 == key }
        if sliceKeys[slice.service]?.isEmpty == true { sliceKeys[slice.service] = nil }
        return [slice.service]
    }

    private static func key(_ object: EndpointSliceObject) -> SliceKey {
        SliceKey(
            namespace: object.metadata.namespace ?? "default", name: object.metadata.name ?? "")
    }

    // MARK: Nodes

    /// Takes the complete list of nodes; true if any differs from what was known.
    package mutating func replaceNodes(_ objects: [NodeObject]) -> Bool {
        let before = nodes
        let kept = takeUnreadable(.nodes)
        nodes = nodes.filter { name, _ in kept.contains { $0.name == name } }
        for object in objects { _ = upsert(object) }
        return nodes != before
    }

    /// Takes a new or changed node; true if it differs from what was known.
    package mutating func upsert(_ object: NodeObject) -> Bool {
        unreadable.remove(object.key)
        let (node, problems) = NodeReading.read(object)
        self.problems += problems
        guard nodes[node.name] != node else { return false }
        nodes[node.name] = node
        return true
    }

    /// Forgets a node; true if it was known.
    package mutating func delete(_ object: NodeObject) -> Bool {
        unreadable.remove(object.key)
        return nodes.removeValue(forKey: object.metadata.name ?? "") != nil
    }
}
