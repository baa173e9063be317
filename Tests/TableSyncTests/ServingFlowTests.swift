import Addressing
import Forwarding
import Support
import TableSync
import Testing

/// Real packets of UDP clients whose endpoint gets no new connections any more.
@Suite("UDP conversations with endpoints that still serve")
struct ServingFlowTests {
    private func entries(
        _ frontend: LabFrontend, to pods: [Int], conversing: [Int] = [], _ family: IPFamily
    ) -> [ForwardingEntry] {
        var entry = frontend.entry(.udp, to: pods.map { labPod($0, family) }, family)
        entry.conversing = conversing.map { labPod($0, family) }
        return [entry]
    }

    @Test(
        "they go on, also over a restart, until the endpoint serves no more",
        arguments: LabFrontend.allCases, IPFamily.allCases)
    func goOn(frontend: LabFrontend, family: IPFamily) async throws {
        let lab = try FlowLab()
        let pods = try [2, 3].map { number in
            let pod = try LabSocket(.udp, family, in: lab.node)
            try pod.serve(labPod(number, family), .udp)
            return pod
        }
        try await lab.start(entries(frontend, to: [2], family))
        let client = try LabSocket(.udp, family, in: lab.client)
        client.connect(to: frontend.socket(family))
        client.send()
        #expect(pods[0].receives())

        let without = entries(frontend, to: [3], conversing: [2], family)
        #expect(try await lab.replace(without) == [:])
        client.send()
        #expect(pods[0].receives())
        let report = try await lab.start(without)
        #expect(try await lab.cleaner.delete(anyOf: report.staleFlows) == 0)
        #expect(try await lab.audit() == [:])

        let fresh = try LabSocket(.udp, family, in: lab.client)
        fresh.connect(to: frontend.socket(family))
        fresh.send()
        #expect(pods[1].receives())

        if frontend == .virtual {
            // What a proxy leaves to its successor that is away when the endpoint stops serving.
            try await lab.start(entries(frontend, to: [3], family))
            #expect(try await lab.audit() == [.backendGone: 1])
        } else {
            #expect(
                try await lab.replace(entries(frontend, to: [3], family)) == [.backendGone: 1])
        }
        client.send()
        #expect(pods[1].receives())
    }
}
