import Addressing
import Fixtures
import Forwarding
import Ruleset
import Testing

@testable import TableSync

@Suite("Where clients are looked for")
struct AffinitySweepTests {
    private let layout = ForwardingLayout(role: .node)

    /// The maps that have to be listed: a listing takes long where many clients are remembered.
    private func maps(_ sweep: AffinitySweep) -> [String] {
        TableFamily.allCases.flatMap { family in
            [layout.affinityMap(family), layout.serviceAffinityMap(family)]
                .filter { sweep.looks(into: $0.declaration, family) }
                .map { "\(family) \($0.declaration.name)" }
        }
    }

    private func shared(_ entry: ForwardingEntry) -> ForwardingEntry {
        var entry = entry
        entry.affinityService = entry.frontend.address
        return entry
    }

    @Test("a change is looked for in the map alone that its clients are remembered in")
    func oneMap() {
        var sweep = AffinitySweep()
        #expect(maps(sweep) == [])
        let four = clusterIP(11, to: [2, 3], .v4, affinity: 600)
        sweep.note(from: [four], to: [])
        #expect(maps(sweep) == ["ip affinity"])
        let six = shared(clusterIP(12, to: [2, 3], .v6, affinity: 600))
        sweep.note(from: [six], to: [])
        #expect(maps(sweep) == ["ip affinity", "ip6 service_affinity"])
        sweep.endRound()
        #expect(!maps(sweep).isEmpty)
        sweep.endRound()
        #expect(maps(sweep) == [])
    }

    @Test("after a start all maps of address families are, since nobody knows what was before")
    func start() {
        var sweep = AffinitySweep(all: [])
        #expect(Set(maps(sweep)).count == TableFamily.allCases.count * 2)
        sweep.endRound()
        #expect(maps(sweep) == [])
    }

    /// What the kernel remembers of a client at a ClusterIP.
    private func remembered(
        _ client: IPAddress, at frontend: Frontend, with backend: SocketEndpoint
    ) -> Element {
        var key = ElementData()
        key.append(client)
        key.append(frontend.address)
        key.append(frontend.transport)
        key.append(frontend.port)
        var value = ElementData()
        value.append(backend.address)
        value.append(backend.port)
        return Element(key, value: .data(value))
    }

    @Test("after a start policy Local leaves clients this node's endpoints, and its pods all")
    func startLocal() {
        let places = ExamplePlaces(.v4)
        var entry = clusterIP(11, to: [2, 3], .v4, affinity: 600)
        entry.isLocalForOutside = true
        entry.localCount = 1
        let sweep = AffinitySweep(all: [entry], pods: Surroundings.example.localPods)
        let clients = [places.client, places.otherNode, places.localPod(9)]
        let elements = clients.map { client in
            entry.backends.map { remembered(client, at: entry.frontend, with: $0) }
        }
        let stale = sweep.stale(
            among: elements.flatMap(\.self), of: layout.affinityMap(.ip).declaration, family: .ip)
        #expect(stale == [elements[0][1], elements[1][1]])
    }
}
