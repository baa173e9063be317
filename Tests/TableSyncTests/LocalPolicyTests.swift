import Addressing
import Fixtures
import Forwarding
import Support
import TableSync
import Testing

@Suite("Clients that were led elsewhere before policy Local came")
struct LocalPolicyTests {
    /// A nodePort at which pod 2 of this node and a silent pod of another one serve.
    private func entry(_ family: IPFamily, isLocal: Bool) -> ForwardingEntry {
        let place = LabFrontend.nodePort.socket(family)
        let (here, elsewhere) = (labPod(2, family), labPod(90, family))
        return ForwardingEntry(
            Frontend(place.address, .udp, place.port), label: "default/web",
            backends: isLocal ? [here, elsewhere] : [elsewhere], localCount: isLocal ? 1 : 0,
            isLocalForOutside: isLocal, sourceHiding: .hostOnly)
    }

    @Test(
        "what a client from outside waits for is let go at a start, and what the node waits for not",
        arguments: IPFamily.allCases)
    func flows(family: IPFamily) async throws {
        let lab = try FlowLab()
        let pod = try LabSocket(.udp, family, in: lab.node)
        try pod.serve(labPod(2, family), .udp)
        // Leads there without masquerading, as only an older affinity does under policy Local.
        try await lab.start([entry(family, isLocal: false)])
        let talks = try [lab.client, lab.node].map { try LabSocket(.udp, family, in: $0) }
        for talk in talks {
            talk.connect(to: LabFrontend.nodePort.socket(family))
            talk.send()
        }
        _ = try await lab.writer.write([(identity("web"), [entry(family, isLocal: true)])])
        try await lab.start([entry(family, isLocal: true)])
        #expect(try await lab.audit() == [.backendGone: 1])
        talks[0].send()
        #expect(pod.receives())
        #expect(try await lab.audit() == [:])
    }

    @Test("a restart under policy Local lets the clients of other nodes' endpoints go")
    func affinity() async throws {
        let host = try Host()
        var entry = clusterIP(11, to: [2, 3, 4], affinity: 600)
        try await host.start([identity("web"): [entry]])
        try host.remember([2, 3, 4], .v4, at: 11)
        entry.isLocalForOutside = true
        entry.localCount = 1
        try await Host(in: host.namespace).start([identity("web"): [entry]])
        #expect(try host.clients(.v4) == [2])
    }
}
