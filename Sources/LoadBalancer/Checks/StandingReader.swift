import ServiceTranslation

/// Says what the checks make of targets, for a whole step: a node's death looks at every node of
/// every Service, of which it changes one.
struct StandingReader {
    /// What all checks say.
    private let standings: CheckStandings
    /// What came of the Service before, most often for the same checks.
    private var last: (checks: [[HealthCheck]], states: [ServingState], standings: [TargetStanding])

    init(_ standings: CheckStandings) {
        self.standings = standings
        last = ([], [], [])
    }

    /// What is known of a Service's targets.
    mutating func judgement(of service: CheckedService) -> Judgement {
        if last.checks != service.checks || last.states != service.states {
            last = (
                service.checks, service.states,
                zip(service.checks, service.states).map(standing)
            )
        }
        var judgement = Judgement(last.standings)
        if !standings.ejected.isEmpty { judgement.eject(standings.ejected, from: service.targets) }
        return judgement
    }

    /// Whether a target takes traffic, and how much beside the others; ejections apart.
    private func standing(_ checks: [HealthCheck], _ state: ServingState) -> TargetStanding {
        guard state == .ready else { return .withheld }
        if checks.contains(where: standings.unhealthy.contains) { return .failing }
        let weight = checks.lazy.compactMap { standings.weights[$0] }.first ?? 1
        guard weight > 0 else { return .withheld }
        let warmth = checks.lazy.compactMap { standings.warmth[$0] }.min()
        return .serving(weight: weight * (warmth ?? CheckStandings.warmthSteps))
    }
}
