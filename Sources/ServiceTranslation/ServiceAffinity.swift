import Addressing
import Forwarding
import ServiceModel

extension ServiceDefinition {
    /// Lets the Service's frontends share what is remembered of clients, if it wants that.
    ///
    /// The ClusterIP of a family stands for the Service: no other Service has it, and it outlives
    /// every process. A family without one, and endpoints that an address does not tell apart,
    /// leave each frontend its own memory; the latter is a problem worth telling.
    func shareAffinity(in entries: inout [ForwardingEntry]) -> [TranslationProblem] {
        guard affinityScope == .service, affinity != .none else { return [] }
        var problems: [TranslationProblem] = []
        for family in IPFamily.allCases {
            guard let address = clusterIPs.first(where: { $0.family == family }) else { continue }
            let sharing = entries.indices.filter {
                entries[$0].family == family && entries[$0].affinitySeconds != nil
            }
            if let ambiguous = sharing.compactMap({ entries[$0].ambiguousAddress }).first {
                problems.append(
                    TranslationProblem(
                        object: "Service \(identity)",
                        field: "metadata.annotations[\(SluiceAnnotation.affinityScope)]",
                        message: "several endpoints of one port have the address \(ambiguous); "
                            + "each port remembers clients for itself"))
                continue
            }
            for index in sharing { entries[index].affinityService = address }
        }
        return problems
    }
}

extension ForwardingEntry {
    /// An address that several backends have, with different ports.
    fileprivate var ambiguousAddress: IPAddress? {
        var ports: [IPAddress: Port] = [:]
        return backends.first { backend in
            let known = ports.updateValue(backend.port, forKey: backend.address)
            return known != nil && known != backend.port
        }?.address
    }
}
