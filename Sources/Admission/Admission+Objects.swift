package import KubeAPI

extension Admission {
    /// Completes any object and, for Services, gives it what it needs, or says what is wrong.
    package mutating func admit(
        _ object: ClusterObject, previous: ClusterObject? = nil
    ) throws(AdmissionError) -> ClusterObject {
        switch object {
        case .service(let service):
            .service(try admit(service: service, previous: previous?.service))
        case .endpoints(var endpoints):
            .endpoints(try endpoints.admitted { $0.checkEndpoints($1) })
        case .endpointSlice(var slice):
            .endpointSlice(try slice.admitted { $0.checkSlice($1) })
        case .pod(var pod):
            .pod(try pod.admitted { $0.checkPod($1) })
        case .node(var node):
            .node(try node.admitted { $0.checkNode($1) })
        case .lease(let lease):
            .lease(try Self.admit(lease: lease))
        }
    }

    /// Completes a Lease, or says what is wrong with it.
    package static func admit(lease: LeaseObject) throws(AdmissionError) -> LeaseObject {
        var lease = lease
        return try lease.admitted { $0.checkLease($1) }
    }

    /// Takes note of an object of an earlier life; says what a Service can no longer have.
    package mutating func restore(_ object: ClusterObject) -> [FieldProblem] {
        object.service.map { restore($0) } ?? []
    }

    /// Frees what a deleted object holds; only Services hold anything.
    package mutating func release(_ object: ClusterObject) {
        if let service = object.service { release(service) }
    }
}

extension ClusterObject {
    fileprivate var service: ServiceObject? {
        if case .service(let service) = self { service } else { nil }
    }
}

extension KubeObject {
    /// States kind and namespace, and refuses the object if a check finds anything.
    fileprivate mutating func admitted(
        check: (inout ProblemList, Self) -> Void
    ) throws(AdmissionError) -> Self {
        apiVersion = Self.apiVersion
        kind = Self.kind
        if Self.isNamespaced, (metadata.namespace ?? "").isEmpty {
            metadata.namespace = ObjectKey.defaultNamespace
        }
        var problems = ProblemList()
        check(&problems, self)
        try problems.throwIfAny(for: key)
        return self
    }
}
