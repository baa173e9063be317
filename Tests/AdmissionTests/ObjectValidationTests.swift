import KubeAPI
import Testing

@testable import Admission

@Suite("Pods, Nodes, slices and Endpoints")
struct ObjectValidationTests {
    private func fault(_ object: ClusterObject) throws -> FieldProblem {
        var admission = try admission()
        do throws(AdmissionError) {
            Issue.record("admitted \(try admission.admit(object).key)")
        } catch {
            #expect(error.key == object.key)
            return error.problems[0]
        }
        throw NotRefused()
    }

    @Test("valid objects are completed with their kind and namespace")
    func valid() throws {
        var admission = try admission()
        var bare = pod(1)
        bare.kind = nil
        bare.apiVersion = nil
        bare.metadata.namespace = nil
        let admitted = try admission.admit(.pod(bare))
        #expect(admitted == .pod(pod(1)))
        let node = NodeObject(
            metadata: ObjectMeta(name: "node1.example.com"),
            spec: NodeSpec(podCIDRs: ["10.244.1.0/24", "fd00:10:244:1::/64"]),
            status: NodeStatus(addresses: [
                NodeAddress(type: "InternalIP", address: "192.168.50.1"),
                NodeAddress(type: "Hostname", address: "node1"),
            ]))
        #expect(try admission.admit(.node(node)) == .node(node))
        #expect(throws: Never.self) { try admission.admit(.service(web())) }
    }

    @Test("a Pod's addresses and ports must be such")
    func pods() throws {
        let badIP = try fault(.pod(pod(1) { $0.status.podIP = "10.244.1" }))
        #expect(badIP.field == "status.podIP")
        let two = try fault(
            .pod(pod(1) { $0.status = PodStatus(podIPs: ["10.244.1.1", "10.244.1.2"]) }))
        #expect(two.field == "status.podIPs[1].ip")
        let port = try fault(
            .pod(
                pod(1) {
                    let ports = [ContainerPort(containerPort: 70000)]
                    $0.spec.containers = [PodContainer(name: "a", ports: ports)]
                }))
        #expect(port.field == "spec.containers[0].ports[0].containerPort")
        #expect(try fault(.pod(pod(1) { $0.metadata.name = "a_b" })).field == "metadata.name")
        #expect(try fault(.pod(pod(1) { $0.status.phase = "Gone" })).code == .notSupported)
    }

    @Test("a Node's blocks and addresses must be such")
    func nodes() throws {
        func node(_ change: (inout NodeObject) -> Void) -> ClusterObject {
            var node = NodeObject(metadata: ObjectMeta(name: "node1"))
            change(&node)
            return .node(node)
        }
        let block = try fault(node { $0.spec = NodeSpec(podCIDRs: ["10.244.1.0/33"]) })
        #expect(block.field == "spec.podCIDRs[0]")
        let two = try fault(
            node { $0.spec = NodeSpec(podCIDRs: ["10.244.1.0/24", "10.244.2.0/24"]) })
        #expect(two.code == .duplicate)
        let address = try fault(
            node {
                $0.status.addresses = [NodeAddress(type: "InternalIP", address: "node1")]
            })
        #expect(address.field == "status.addresses[0].address")
        let type = try fault(
            node { $0.status.addresses = [NodeAddress(type: "IP", address: "192.0.2.1")] })
        #expect(type.code == .notSupported)
    }

    @Test("a slice has at most 1000 endpoints", arguments: [1000, 1001])
    func sliceLimit(count: Int) throws {
        let slice = slice((0..<count).map { "10.244.\($0 / 250).\($0 % 250 + 1)" })
        if count > 1000 {
            let fault = try fault(.endpointSlice(slice))
            #expect(fault.field == "endpoints")
            #expect(fault.code == .tooMany)
        } else {
            var admission = try admission()
            #expect(try admission.admit(.endpointSlice(slice)).kind == .endpointslices)
        }
    }

    @Test("a slice's addresses are of its type, its ports have names of their own")
    func slices() throws {
        let family = try fault(.endpointSlice(slice(["fd00::1"])))
        #expect(family.field == "endpoints[0].addresses[0]")
        #expect(try fault(.endpointSlice(slice(["127.0.0.1"]))).detail.contains("loopback"))
        var other = slice(["10.244.1.1"])
        other.addressType = "IPv7"
        #expect(try fault(.endpointSlice(other)).field == "addressType")
        other = slice(["10.244.1.1"])
        other.ports = [80, 81].map { EndpointPortObject(name: "a", port: $0) }
        #expect(try fault(.endpointSlice(other)).field == "ports[1].name")
        other.ports = [EndpointPortObject(name: "a", protocol: "tcp", port: 0)]
        #expect(try fault(.endpointSlice(other)).field == "ports[0].port")
        other = slice(["10.244.1.1"])
        other.endpoints[0].addresses = []
        #expect(try fault(.endpointSlice(other)).code == .required)
    }

    @Test("annotations have at most 256 KiB, keys and values together", arguments: [0, 1])
    func annotationLimit(excess: Int) throws {
        let long = String(repeating: "x", count: (256 << 10) - 10 + excess)
        let object = pod(1) { $0.metadata.annotations = ["key": long, "other": "ab"] }
        if excess > 0 {
            let fault = try fault(.pod(object))
            #expect(fault.field == "metadata.annotations")
            #expect(fault.message == "Too long: may not be more than 262144 bytes")
        } else {
            var admission = try admission()
            #expect(try admission.admit(.pod(object)) == .pod(object))
        }
    }

    @Test("an annotation's key has the shape of a label's, with any letters before the slash")
    func annotationKeys() throws {
        for key in ["no name", "a/b/c", "example.com/", String(repeating: "a", count: 64)] {
            let fault = try fault(.pod(pod(1) { $0.metadata.annotations = [key: "x"] }))
            #expect(fault.field == "metadata.annotations")
            #expect(fault.code == .invalid)
        }
        var admission = try admission()
        let object = pod(1) { $0.metadata.annotations = ["Example.COM/Key": "any text at all"] }
        #expect(try admission.admit(.pod(object)) == .pod(object))
    }

    @Test("Endpoints have addresses, and ports that can be told apart")
    func endpoints() throws {
        func written(_ subset: EndpointSubset) -> ClusterObject {
            .endpoints(EndpointsObject(metadata: ObjectMeta(name: "web"), subsets: [subset]))
        }
        let address = [EndpointAddress(ip: "10.244.1.1")]
        #expect(try fault(written(EndpointSubset())).field == "subsets[0]")
        let bad = EndpointSubset(notReadyAddresses: [EndpointAddress(ip: "x")])
        #expect(try fault(written(bad)).field == "subsets[0].notReadyAddresses[0].ip")
        let unnamed = EndpointSubset(
            addresses: address,
            ports: [EndpointPortObject(port: 80), EndpointPortObject(name: "b", port: 81)])
        #expect(try fault(written(unnamed)).field == "subsets[0].ports[0].name")
        let many = EndpointSubset(
            addresses: (0..<1001).map { EndpointAddress(ip: "10.244.\($0 / 250).\($0 % 250 + 1)") })
        #expect(try fault(written(many)).code == .tooMany)
    }

    private func slice(_ addresses: [String]) -> EndpointSliceObject {
        EndpointSliceObject(
            metadata: ObjectMeta(name: "web-1", namespace: "default"), addressType: "IPv4",
            endpoints: addresses.map { SliceEndpoint(addresses: [$0]) },
            ports: [EndpointPortObject(name: "http", protocol: "TCP", port: 8080)])
    }
}
