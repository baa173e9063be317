import ServiceModel

/// Who wants what others have.
extension ForwardingTable {
    /// The frontends of Services that wait and come before this one, which became younger.
    func frontendsOfElders(
        of service: ServiceIdentity, _ wanted: [ForwardingEntry]
    ) -> Set<Frontend> {
        let own = Seniority(service, wanted)
        guard !waiting.isEmpty, !wanted.isEmpty,
            Seniority(service, request(of: service)) < own
        else { return [] }
        let elders = waiting.filter { $0.key != service && Seniority($0.key, $0.value) < own }
        return Set(elders.values.joined().map(\.frontend))
    }

    /// What a Service has asked for and not been given.
    func conflicts(of service: ServiceIdentity) -> [FrontendConflict] {
        var own = Set(entries(of: service).map(\.frontend))
        return (waiting[service] ?? []).compactMap { entry in
            guard own.remove(entry.frontend) == nil, let holder = holders[entry.frontend]
            else { return nil }
            return FrontendConflict(frontend: entry.frontend, holder: holder, refused: service)
        }
    }
}
