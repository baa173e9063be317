import KubeAPI
import Testing

@testable import Admission

@Suite("endpoints from a selector")
struct EndpointsFromSelectorTests {
    private func make(
        _ pods: [PodObject], service: ServiceObject? = nil, zones: [String: String] = [:],
        existing: [EndpointSliceObject] = []
    ) throws -> EndpointsFromSelector {
        var admission = try admission(dualStack)
        let admitted = try admission.admit(service: service ?? web())
        return try #require(
            EndpointsFromSelector(service: admitted, pods: pods, zones: zones, existing: existing))
    }

    @Test("154: a selector that matches nothing gives one empty slice and empty Endpoints")
    func nothing() throws {
        let made = try make([])
        #expect(made.slices.map(\.metadata.name) == ["web-ipv4-0"])
        #expect(made.slices[0].endpoints.isEmpty)
        #expect(made.slices[0].addressType == "IPv4")
        #expect(made.endpoints.metadata.name == "web")
        #expect(made.endpoints.subsets == nil)
    }

    @Test("3, 155: a ready pod is an endpoint with the Service's targetPort, in both forms")
    func one() throws {
        var service = web { $0.ports?[0].targetPort = 8080 }
        service.metadata.uid = "u1"
        let made = try make([pod(2)], service: service, zones: ["node1": "a"])
        let slice = made.slices[0]
        #expect(slice.ports == [EndpointPortObject(name: "", protocol: "TCP", port: 8080)])
        #expect(slice.serviceName == "web")
        #expect(slice.metadata.label(WellKnown.managedBy) == "endpointslice-controller.k8s.io")
        #expect(slice.metadata.ownerReferences?.first?.uid == "u1")
        let endpoint = slice.endpoints[0]
        #expect(endpoint.addresses == ["10.244.1.2"])
        #expect(endpoint.nodeName == "node1")
        #expect(endpoint.zone == "a")
        #expect(endpoint.targetRef?.name == "web-002")
        #expect(
            endpoint.conditions
                == EndpointConditions(ready: true, serving: true, terminating: false))
        let subset = try #require(made.endpoints.subsets?.first)
        #expect(subset.addresses?.map(\.ip) == ["10.244.1.2"])
        #expect(subset.notReadyAddresses == nil)
        #expect(subset.ports == [EndpointPortObject(protocol: "TCP", port: 8080)])
    }

    @Test("20, 166: finished pods and pods without an address are no endpoints")
    func never() throws {
        let pods = [
            pod(1) { $0.status.phase = "Failed" }, pod(2) { $0.status.phase = "Succeeded" },
            pod(3) { $0.status = PodStatus(phase: "Pending") },
        ]
        let made = try make(pods, service: web { $0.publishNotReadyAddresses = true })
        #expect(made.slices.flatMap(\.endpoints).isEmpty)
        #expect(made.endpoints.subsets == nil)
    }

    @Test("66: conditions follow readiness and the end of the pod", arguments: [false, true])
    func conditions(publishes: Bool) throws {
        let pods = [
            pod(1) { $0.status.conditions = [Condition(type: "Ready", status: "True")] },
            pod(2) { $0.status.conditions = [Condition(type: "Ready", status: "False")] },
            pod(3) { $0.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" },
            pod(4) { $0.status.conditions = [Condition(type: "Other", status: "False")] },
        ]
        let made = try make(pods, service: web { $0.publishNotReadyAddresses = publishes })
        let conditions = made.slices[0].endpoints.map(\.conditions)
        #expect(conditions.map { $0?.ready } == [true, publishes, publishes, true])
        #expect(conditions.map { $0?.serving } == [true, false, true, true])
        #expect(conditions.map { $0?.terminating } == [false, false, true, false])
        let subset = try #require(made.endpoints.subsets?.first)
        #expect(
            subset.addresses?.map(\.ip)
                == (publishes
                    ? ["10.244.1.1", "10.244.1.2", "10.244.1.3", "10.244.1.4"]
                    : ["10.244.1.1", "10.244.1.4"]))
        #expect(subset.notReadyAddresses?.map(\.ip) == (publishes ? nil : ["10.244.1.2"]))
    }

    @Test("4, 5: a named targetPort is looked up in each pod; pods without it have no such port")
    func namedPorts() throws {
        let service = web {
            $0.ports = [
                ServicePortObject(name: "a", port: 80, targetPort: "http"),
                ServicePortObject(name: "b", protocol: "UDP", port: 53, targetPort: "dns"),
            ]
        }
        let pods = [
            pod(1) { $0.spec.containers = [container(http: 8080, dns: 5353)] },
            pod(2) { $0.spec.containers = [container(http: 9090, dns: nil)] },
            pod(3) { $0.spec.containers = [container(http: 8080, dns: 5353)] },
            pod(4) {
                var sidecar = container(http: 8080, dns: 5353)
                sidecar.restartPolicy = "Always"
                $0.spec.initContainers = [sidecar]
            },
        ]
        let made = try make(pods, service: service)
        #expect(made.slices.map(\.endpoints.count) == [3, 1])
        #expect(made.slices[0].ports?.map(\.port) == [8080, 5353])
        #expect(made.slices[1].ports?.map(\.name) == ["a"])
        #expect(made.endpoints.subsets?.count == 2)
    }

    private func container(http: Int, dns: Int?) -> PodContainer {
        var ports = [ContainerPort(name: "http", containerPort: http)]
        if let dns {
            ports.append(ContainerPort(name: "dns", containerPort: dns, protocol: "UDP"))
        }
        return PodContainer(name: "main", ports: ports)
    }

    @Test("139: endpoints of two families are in slices of their own")
    func families() throws {
        let two = pod(2) {
            $0.status = PodStatus(podIPs: ["10.244.1.2", "fd00:10:244:1::2"])
        }
        let service = web { $0.ipFamilyPolicy = "RequireDualStack" }
        let made = try make([two, pod(3)], service: service)
        #expect(made.slices.map(\.metadata.name) == ["web-ipv4-0", "web-ipv6-0"])
        #expect(made.slices[1].endpoints.map(\.addresses) == [["fd00:10:244:1::2"]])
        #expect(made.endpoints.subsets?[0].addresses?.count == 2)
    }

    @Test(
        "164: 100 endpoints a slice, and Endpoints stop at 1000 and say so",
        arguments: [
            (100, 1), (101, 2), (1000, 10), (1001, 11),
        ])
    func split(count: Int, slices: Int) throws {
        let made = try make((0..<count).map { pod($0 + 1) })
        #expect(made.slices.count == slices)
        #expect(made.slices.flatMap(\.endpoints).count == count)
        let addresses = made.endpoints.subsets?.first?.addresses?.count
        #expect(addresses == min(count, EndpointLimits.addressesPerEndpoints))
        let note = made.endpoints.metadata.annotations?[WellKnown.overCapacity]
        #expect(note == (count > 1000 ? "truncated" : nil))
        #expect(made.omittedCount == 0)
    }

    @Test("a Service over the limit of endpoints keeps the first ready ones, and it is counted")
    func overLimit() throws {
        let limit = EndpointLimits.endpointsPerService
        let atLimit = try make((1...limit).map { pod($0) })
        #expect(atLimit.omittedCount == 0)
        let pods = (1...limit + 1).map { number in
            pod(number) {
                guard number == 1 else { return }
                $0.status.conditions = [Condition(type: "Ready", status: "False")]
            }
        }
        let over = try make(pods)
        #expect(over.omittedCount == 1)
        let kept = over.slices.flatMap(\.endpoints)
        #expect(kept.count == limit)
        #expect(kept.allSatisfy { $0.conditions?.ready == true })
    }

    @Test("149, 150: preferring close endpoints gives hints, unless a zone is unknown")
    func hints() throws {
        let zones = ["node1": "a", "node2": "b"]
        let pods = [pod(1), pod(2, node: "node2")]
        let close = web { $0.trafficDistribution = "PreferClose" }
        let made = try make(pods, service: close, zones: zones)
        #expect(made.slices[0].endpoints.map { $0.hints?.forZones?.map(\.name) } == [["a"], ["b"]])
        #expect(made.slices[0].endpoints.allSatisfy { $0.hints?.forNodes == nil })
        let unknown = try make(pods, service: close, zones: ["node1": "a"])
        #expect(unknown.slices[0].endpoints.allSatisfy { $0.hints == nil })
        let node = try make(pods, service: web { $0.trafficDistribution = "PreferSameNode" })
        #expect(
            node.slices[0].endpoints.map { $0.hints?.forNodes?.map(\.name) }
                == [["node1"], ["node2"]])
    }

    @Test("183: a pod whose subdomain is the Service has its hostname")
    func hostname() throws {
        let named = pod(1) {
            $0.spec.hostname = "first"
            $0.spec.subdomain = "web"
        }
        let other = pod(2) {
            $0.spec.hostname = "second"
            $0.spec.subdomain = "db"
        }
        let made = try make([named, other])
        #expect(made.slices[0].endpoints.map(\.hostname) == ["first", nil])
        #expect(made.endpoints.subsets?[0].addresses?.map(\.hostname) == ["first", nil])
    }

    @Test("a headless Service without ports still has addresses, and is marked")
    func headless() throws {
        let service = web {
            $0.clusterIP = "None"
            $0.ports = nil
        }
        let made = try make([pod(1)], service: service)
        #expect(made.slices[0].endpoints.count == 1)
        #expect(made.slices[0].metadata.label(WellKnown.headless) == "")
        #expect(made.endpoints.subsets?[0].addresses?.count == 1)
    }

    @Test("a Service without a selector, or an ExternalName, is left alone")
    func noSelector() {
        #expect(EndpointsFromSelector(service: web { $0.selector = nil }, pods: []) == nil)
        #expect(EndpointsFromSelector(service: web(type: "ExternalName"), pods: []) == nil)
    }
}
