import Addressing
import Forwarding
import ServiceModel
import ServiceTranslation

/// What checks make of Services.
extension BalancerPlan {
    /// What the Services of one step share.
    struct Judge {
        /// What all checks say.
        var reader: StandingReader
        /// What came of nodes that several Services have.
        var memory = DirectReturnMemory()

        init(_ standings: CheckStandings) {
            reader = StandingReader(standings)
        }
    }

    /// Translates a Service as its targets are now, and says why targets of it are left out.
    mutating func translate(
        _ identity: ServiceIdentity, _ judge: inout Judge, _ step: inout Step
    ) {
        guard let checked = checkedServices[identity] else {
            failingOpen.remove(identity)
            note(nil, of: identity)
            step.tallies.append(
                (identity, snapshot.services[identity].map { _ in TargetTally([]) }))
            step.observed.append((identity, []))
            step.updates.append((identity, BalancedService()))
            return
        }
        let judgement = judge.reader.judgement(of: checked)
        let translated = (checked.isStrict ? strictFrontends : frontends).translate(
            checked.service, among: checked.targets, standings: judgement.standings,
            holdsRefusals: checked.hasEndpoints, protection: checked.protection,
            by: checked.dataPlane, &judge.memory)
        note(offer(of: translated, checked.targets, judgement), of: identity)
        noteFailingOpen(translated.failsOpen, of: identity, &step)
        step.tallies.append((identity, TargetTally(judgement.standings)))
        step.observed.append((identity, observed(checked, judgement)))
        step.warnings += translated.problems.map(\.description)
        let departed = departed(checked, judgement)
        if !departed.isEmpty { step.departures.append((identity, departed)) }
        step.updates.append((identity, translated))
    }

    /// The targets of a Service that take no traffic, where the reason matters to connections.
    private func departed(_ checked: CheckedService, _ judgement: Judgement) -> [DepartedTarget] {
        judgement.standings.indices.compactMap { index in
            judgement.departure(of: index, ordered: checked.states[index]).map { departure in
                let target = checked.targets.all[index]
                return DepartedTarget(
                    place: .init(target.transport, target.socket), departure: departure)
            }
        }
    }

    /// The targets of a Service whose connections are to be observed, if it wants that.
    ///
    /// Not without an endpoint anywhere: then all nodes refuse, and rightly.
    private func observed(_ checked: CheckedService, _ judgement: Judgement) -> [SocketEndpoint] {
        guard checked.ejects, checked.hasEndpoints else { return [] }
        return checked.targets.all.enumerated().filter { index, target in
            target.transport == .tcp
                && (judgement.ejected.contains(index) || judgement.standings[index].isServing)
        }.map(\.element.socket)
    }

    private mutating func noteFailingOpen(
        _ failsOpen: Bool, of identity: ServiceIdentity, _ step: inout Step
    ) {
        guard failsOpen else {
            failingOpen.remove(identity)
            return
        }
        if failingOpen.insert(identity).inserted {
            step.warnings.append(
                "Service \(identity): less than \(rules.panicThreshold) % of its nodes are "
                    + "healthy; all are used")
        }
    }
}
