import ServiceTranslation

/// Says what the checks make of targets, for a whole step: a node's death looks at every node of
/// every Service, of which it changes one.
struct StandingReader {
    /// What all checks say.
    private let standings: CheckStandings
    /// What came of the Service before, most often for the same checks.
    private var last: (service: CheckedService, judgement: Judgement)?

    init(_ standings: CheckStandings) {
        self.standings = standings
    }

    /// What is known of a Service's targets.
    mutating func judgement(of service: CheckedService) -> Judgement {
        var judgement: Judgement
        if let last, last.service.isJudged(like: service) {
            judgement = last.judgement
        } else {
            judgement = Judgement(
                service.checks.indices.map { standing(of: $0, in: service) },
                drainedDown: drainedDown(service))
            last = (service, judgement)
        }
        if service.ejects, !standings.ejected.isEmpty {
            judgement.eject(standings.ejected, from: service.targets)
        }
        return judgement
    }

    /// Whether a target takes traffic, and how much beside the others; ejections apart.
    private func standing(of index: Int, in service: CheckedService) -> TargetStanding {
        let checks = service.checks[index]
        guard service.states[index] == .ready else { return .withheld }
        if speaks(against: checks) { return .failing }
        let weight =
            checks.lazy.compactMap { standings.weights[$0] }.first
            ?? service.expectedWeights?[index] ?? 1
        guard weight > 0 else { return .withheld }
        let warmth = checks.lazy.compactMap { standings.warmth[$0] }.min()
        return .serving(weight: weight * (warmth ?? CheckStandings.warmthSteps))
    }

    /// Whether one of these checks says that its target is down.
    private func speaks(against checks: [HealthCheck]) -> Bool {
        checks.contains(where: standings.unhealthy.contains)
    }

    private func drainedDown(_ service: CheckedService) -> Set<Int> {
        Set(
            service.states.indices.filter {
                service.states[$0] == .drain && speaks(against: service.checks[$0])
            })
    }
}
