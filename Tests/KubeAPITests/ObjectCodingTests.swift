import Foundation
import Testing

@testable import KubeAPI

@Suite("objects are read and written as Kubernetes spells them")
struct ObjectCodingTests {
    @Test("a full Service keeps every field")
    func serviceKeepsFields() throws {
        let text = """
            {"apiVersion":"v1","kind":"Service",
             "metadata":{"name":"web","namespace":"default","resourceVersion":"7",
               "labels":{"app":"web"},"finalizers":["a/b"],
               "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"u"}]},
             "spec":{"type":"LoadBalancer","selector":{"app":"web"},"clusterIP":"10.96.0.10",
               "clusterIPs":["10.96.0.10","fd00:96::a"],"ipFamilies":["IPv4","IPv6"],
               "ipFamilyPolicy":"RequireDualStack","externalIPs":["203.0.113.9"],
               "ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":"web",
                         "nodePort":30080,"appProtocol":"kubernetes.io/h2c"},
                        {"name":"dns","protocol":"UDP","port":53,"targetPort":5353}],
               "sessionAffinity":"ClientIP",
               "sessionAffinityConfig":{"clientIP":{"timeoutSeconds":600}},
               "loadBalancerIP":"198.51.100.7","loadBalancerSourceRanges":["203.0.113.0/24"],
               "loadBalancerClass":"example.com/lb","externalTrafficPolicy":"Local",
               "internalTrafficPolicy":"Cluster","healthCheckNodePort":32000,
               "publishNotReadyAddresses":true,"allocateLoadBalancerNodePorts":true,
               "trafficDistribution":"PreferClose"},
             "status":{"loadBalancer":{"ingress":[{"ip":"198.51.100.7","ipMode":"VIP",
               "ports":[{"port":80,"protocol":"TCP"}]}]},
               "conditions":[{"type":"LoadBalancerPortsError","status":"False"}]}}
            """
        let service = try decode(ServiceObject.self, text)
        #expect(try decode(ServiceObject.self, encode(service)) == service)
        #expect(try dictionary(encode(service)) == dictionary(text))
        #expect(service.spec.ports?[0].targetPort == "web")
        #expect(service.spec.ports?[1].targetPort == 5353)
        #expect(service.key.description == "services default/web")
    }

    @Test("an EndpointSlice keeps conditions, hints and references")
    func sliceKeepsFields() throws {
        let text = """
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice",
             "metadata":{"name":"web-1","namespace":"default",
               "labels":{"kubernetes.io/service-name":"web"}},
             "addressType":"IPv4","ports":[{"name":"http","protocol":"TCP","port":8080}],
             "endpoints":[{"addresses":["10.244.1.2"],"hostname":"web-0","nodeName":"node1",
               "zone":"a","conditions":{"ready":false,"serving":true,"terminating":true},
               "hints":{"forZones":[{"name":"a"}],"forNodes":[{"name":"node1"}]},
               "targetRef":{"kind":"Pod","namespace":"default","name":"web-0","uid":"1"},
               "deprecatedTopology":{"kubernetes.io/hostname":"node1"}}]}
            """
        let slice = try decode(EndpointSliceObject.self, text)
        #expect(slice.serviceName == "web")
        #expect(try dictionary(encode(slice)) == dictionary(text))
    }

    @Test("what a manifest leaves out is empty, not an error")
    func absentPartsAreEmpty() throws {
        let pod = try decode(PodObject.self, #"{"metadata":{"name":"web-1"}}"#)
        #expect(pod.spec == PodSpec())
        #expect(pod.status == PodStatus())
        #expect(pod.key.namespace == "default")
        let node = try decode(NodeObject.self, #"{"metadata":{"name":"node1"},"spec":null}"#)
        #expect(node.key == ObjectKey(kind: .nodes, namespace: "ignored", name: "node1"))
        let slice = try decode(
            EndpointSliceObject.self,
            #"{"metadata":{},"addressType":"","endpoints":null,"ports":null}"#)
        #expect(slice.endpoints.isEmpty)
    }

    @Test("a wrong type names the field it is at")
    func wrongTypeNamesField() throws {
        let text = #"{"metadata":{"name":"web"},"spec":{"ports":[{"port":"eighty"}]}}"#
        let error = try #require(throws: DecodingError.self) {
            try decode(ServiceObject.self, text)
        }
        guard case .typeMismatch(_, let context) = error else {
            Issue.record("unexpected \(error)")
            return
        }
        #expect(context.codingPath.map(\.stringValue).last == "port")
    }

    @Test("any object is read by the kind it states", arguments: ResourceKind.allCases)
    func readByKind(resource: ResourceKind) throws {
        let text = """
            {"apiVersion":"\(resource.apiVersion)","kind":"\(resource.kind)",
             "metadata":{"name":"x"}}
            """
        var object = try decode(ClusterObject.self, text)
        #expect(object.kind == resource)
        #expect(object.key.name == "x")
        object.metadata.resourceVersion = "12"
        let again = try decode(ClusterObject.self, encode(object))
        #expect(again == object)
        #expect(again.metadata.resourceVersion == "12")
    }

    @Test("an unknown kind, or a known one of another group, is refused by name")
    func unknownKindIsRefused() {
        for (version, kind) in [("apps/v1", "Deployment"), ("v1beta1", "Service")] {
            let text = #"{"apiVersion":"\#(version)","kind":"\#(kind)","metadata":{}}"#
            #expect("\(kind)") {
                try decode(ClusterObject.self, text)
            } throws: { error in
                "\(error)".contains("unknown kind \(kind) of \(version)")
            }
        }
    }

    @Test("paths are those of the Kubernetes API")
    func paths() {
        #expect(ResourceKind.services.path() == "/api/v1/services")
        #expect(ResourceKind.pods.path(namespace: "a") == "/api/v1/namespaces/a/pods")
        #expect(ResourceKind.nodes.path(namespace: "a") == "/api/v1/nodes")
        #expect(
            ResourceKind.endpointslices.path(namespace: "a")
                == "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices")
    }
}

func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
}

func encode(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

/// The JSON with nothing but its meaning, to compare two spellings.
func dictionary(_ text: String) throws -> NSDictionary {
    try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
}
