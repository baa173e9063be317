import Addressing
package import KubeAPI

/// Decides whether objects may be, completes them, and gives Services their addresses.
///
/// A refused object changes nothing. Replaced and deleted Services must be told of (`previous`,
/// `release`), or their addresses stay taken.
package struct Admission: Hashable, Sendable {
    /// Where addresses and ports come from.
    package let configuration: AdmissionConfiguration
    private var book: AddressBook

    /// An admission that has given out nothing yet.
    package init(configuration: AdmissionConfiguration) {
        self.configuration = configuration
        book = AddressBook(configuration)
    }

    /// Completes a Service and gives it what it needs, or says everything that is wrong with it.
    ///
    /// What the previous version holds and the new one needs is kept, what it no longer needs is
    /// freed. A previous version that was neither admitted nor restored here keeps nothing.
    package mutating func admit(
        service: ServiceObject, previous: ServiceObject? = nil
    ) throws(AdmissionError) -> ServiceObject {
        let held = previous.map { book.held(AddressAssignment(of: $0), by: $0.key) }
        let previous = previous.map { $0.without(everythingBut: held) }
        let complete = ServiceDefaults.applied(to: service, previous: previous)
        let key = complete.key

        var problems = ProblemList()
        problems.add(ServiceValidation.problems(complete, previous: previous))
        try problems.throwIfAny(for: key)
        let families = ServiceFamilies.resolve(
            complete.spec, configured: configuration.families, problems: &problems)
        try problems.throwIfAny(for: key)

        var allocation = ServiceAllocation(complete, families: families)
        allocation.assignAll(from: &book)
        guard allocation.problems.isEmpty else {
            book.undo(for: key)
            throw AdmissionError(key: key, problems: allocation.problems.problems)
        }
        book.keep()
        if let held {
            book.release(held, except: AddressAssignment(of: allocation.service), for: key)
        }
        return allocation.service
    }

    /// Takes note of a Service that was admitted in an earlier life, before any other is admitted.
    ///
    /// Returns what it can no longer have, because the configuration changed; it is given
    /// something else when it is admitted again.
    package mutating func restore(_ service: ServiceObject) -> [FieldProblem] {
        let assignment = AddressAssignment(of: service)
        let key = service.key
        var refused: [FieldProblem] = []
        func note(_ field: String, _ value: String, _ refusal: Refusal?) {
            guard let refusal else { return }
            refused.append(FieldProblem(field, refusal.code, value: value, refusal.detail))
        }
        for address in assignment.clusterIPs {
            note("spec.clusterIPs", "\(address)", book.claimClusterIP(address, for: key))
        }
        for port in assignment.allNodePorts.sorted(by: { $0.port < $1.port }) {
            note("spec.ports.nodePort", "\(port.port)", book.claimNodePort(port, for: key))
        }
        if service.spec.loadBalancerClass == nil, book.hasLoadBalancerPool {
            for address in assignment.loadBalancerIPs {
                note(
                    "status.loadBalancer.ingress", "\(address)",
                    book.claimLoadBalancerIP(
                        address, for: key, listeners: assignment.listeners))
            }
        }
        book.keep()
        return refused
    }

    /// Frees everything that a deleted Service holds.
    package mutating func release(_ service: ServiceObject) {
        book.release(AddressAssignment(of: service), for: service.key)
    }
}

extension ServiceObject {
    /// The object as if only these addresses and ports had ever been given to it.
    fileprivate func without(everythingBut held: AddressAssignment?) -> ServiceObject {
        guard let held, spec.needsClusterIP else { return self }
        var copy = self
        if !spec.isHeadless {
            let addresses = held.clusterIPs.map(\.description)
            copy.spec.clusterIPs = addresses.isEmpty ? nil : addresses
            copy.spec.clusterIP = addresses.first
            if addresses.count != spec.statedClusterIPs.count {
                copy.spec.ipFamilies = nil
                copy.spec.ipFamilyPolicy = nil
            }
        }
        for (index, port) in (spec.ports ?? []).enumerated() {
            if let claim = port.nodePortClaim, !held.nodePorts.contains(claim) {
                copy.spec.ports?[index].nodePort = nil
            }
        }
        copy.spec.healthCheckNodePort = held.healthCheckNodePort.map { Int($0.rawValue) }
        if spec.loadBalancerClass == nil {
            let addresses = Set(held.loadBalancerIPs.map(\.description))
            copy.status.loadBalancer?.ingress = status.loadBalancer?.ingress?.filter {
                $0.ip.map(addresses.contains) ?? false
            }
        }
        return copy
    }
}
