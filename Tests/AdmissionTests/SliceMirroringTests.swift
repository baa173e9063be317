import KubeAPI
import Testing

@testable import Admission

@Suite("Endpoints made by hand are mirrored to slices")
struct SliceMirroringTests {
    private let service = web { $0.selector = nil }

    private func endpoints(_ subsets: [EndpointSubset]) -> EndpointsObject {
        EndpointsObject(
            metadata: ObjectMeta(name: "web", namespace: "default", labels: ["x": "y"]),
            subsets: subsets)
    }

    private func port(_ name: String, _ number: Int) -> EndpointPortObject {
        EndpointPortObject(name: name, port: number)
    }

    @Test("161: ready and unready addresses of both families, with their ports")
    func mirrored() throws {
        let subset = EndpointSubset(
            addresses: [
                EndpointAddress(ip: "10.244.1.2", hostname: "h", nodeName: "node1"),
                EndpointAddress(ip: "fd00:10:244:1::2"),
            ],
            notReadyAddresses: [EndpointAddress(ip: "10.244.1.3")],
            ports: [EndpointPortObject(port: 8080)])
        let slices = SliceMirroring.slices(of: endpoints([subset]), service: service)
        #expect(slices.map(\.metadata.name) == ["web-ipv4-0", "web-ipv6-0"])
        #expect(slices[0].endpoints.map(\.conditions?.ready) == [true, false])
        #expect(slices[0].endpoints[0].nodeName == "node1")
        #expect(slices[0].endpoints[0].hostname == "h")
        #expect(slices[0].ports == [EndpointPortObject(name: "", protocol: "TCP", port: 8080)])
        #expect(slices[0].serviceName == "web")
        #expect(slices[0].metadata.label("x") == "y")
        #expect(
            slices[0].metadata.label(WellKnown.managedBy)
                == WellKnown.endpointSliceMirroringController)
    }

    @Test("162: one address in several subsets serves each subset's port")
    func severalSubsets() throws {
        let address = [EndpointAddress(ip: "10.244.1.2")]
        let written = endpoints([
            EndpointSubset(addresses: address, ports: [port("a", 80)]),
            EndpointSubset(addresses: address, ports: [port("b", 81)]),
        ])
        let slices = SliceMirroring.slices(of: written, service: service)
        #expect(slices.map { $0.ports?.map(\.port) } == [[80], [81]])
        #expect(slices.allSatisfy { $0.endpoints.count == 1 })
        let again = SliceMirroring.slices(of: written, service: service, existing: slices)
        #expect(again == slices)
    }

    @Test("a subset counts up to 1000 addresses")
    func truncated() {
        let addresses = (0..<1001).map { EndpointAddress(ip: "10.244.\($0 / 250).\($0 % 250 + 1)") }
        let written = endpoints([EndpointSubset(addresses: addresses, ports: [port("a", 80)])])
        let slices = SliceMirroring.slices(of: written, service: service)
        #expect(slices.flatMap(\.endpoints).count == 1000)
    }

    @Test("Endpoints of a selector, or that ask to be left alone, are not mirrored")
    func notWanted() throws {
        let subset = EndpointSubset(
            addresses: [EndpointAddress(ip: "10.244.1.2")], ports: [port("a", 80)])
        var written = endpoints([subset])
        #expect(SliceMirroring.slices(of: written, service: web()).isEmpty)
        written.metadata.labels = [WellKnown.skipMirror: "true"]
        #expect(SliceMirroring.slices(of: written, service: service).isEmpty)
        let made = try #require(EndpointsFromSelector(service: web(), pods: [pod(1)]))
        #expect(!SliceMirroring.isWanted(made.endpoints, service: service))
    }
}
