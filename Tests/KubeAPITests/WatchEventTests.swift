import Foundation
import Testing

@testable import KubeAPI

@Suite("lists and watches")
struct WatchEventTests {
    @Test(
        "an event about an object is spelled by its type",
        arguments: ["ADDED", "MODIFIED", "DELETED"])
    func objectEvents(type: String) throws {
        let text = """
            {"type":"\(type)","object":{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}}
            """
        let event = try decode(WatchEvent<NodeObject>.self, text)
        #expect(event.type == type)
        #expect(event.object?.metadata.name == "n")
        #expect(try decode(WatchEvent<NodeObject>.self, encode(event)) == event)
        #expect(try decode(WatchEvent<ClusterObject>.self, text).object?.kind == .nodes)
    }

    @Test("a bookmark carries a revision and may end the first list")
    func bookmark() throws {
        let event = WatchEvent<PodObject>.bookmark(
            Bookmark(resource: .pods, resourceVersion: "42"))
        let again = try decode(WatchEvent<PodObject>.self, encode(event))
        #expect(again == event)
        let text = """
            {"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{
             "resourceVersion":"9","creationTimestamp":null,
             "annotations":{"k8s.io/initial-events-end":"true"}},
             "spec":{"containers":null},"status":{}}}
            """
        guard case .bookmark(let mark) = try decode(WatchEvent<PodObject>.self, text) else {
            Issue.record("not a bookmark")
            return
        }
        #expect(mark.metadata.resourceVersion == "9")
        #expect(mark.endsInitialEvents)
    }

    @Test("an error carries a status that says whether to list again")
    func error() throws {
        let event = WatchEvent<PodObject>.error(.expired("too old resource version: 1 (9)"))
        let text = try encode(event)
        #expect(try dictionary(text)["type"] as? String == "ERROR")
        guard case .error(let status) = try decode(WatchEvent<PodObject>.self, text) else {
            Issue.record("not an error")
            return
        }
        #expect(status.isExpired)
        #expect(status.reason == "Expired")
    }

    @Test("an event of an unknown type is refused")
    func unknownType() {
        #expect(throws: DecodingError.self) {
            try decode(WatchEvent<PodObject>.self, #"{"type":"MOVED","object":{}}"#)
        }
    }

    @Test("a page of a list says how to go on")
    func list() throws {
        let list = ObjectList(
            resource: .services,
            metadata: ListMeta(resourceVersion: "5", continue: "abc", remainingItemCount: 3),
            items: [ServiceObject(metadata: ObjectMeta(name: "web"))])
        let json = try dictionary(encode(list))
        #expect(json["kind"] as? String == "ServiceList")
        #expect(try decode(ObjectList<ServiceObject>.self, encode(list)) == list)
        let empty = try decode(
            ObjectList<PodObject>.self, #"{"kind":"PodList","metadata":{},"items":null}"#)
        #expect(empty.items.isEmpty)
    }

    @Test("a missing object is answered as Kubernetes answers it")
    func notFound() {
        let status = StatusObject.notFound(.endpointslices, name: "web-1")
        #expect(status.code == 404)
        #expect(status.message == #"endpointslices "web-1" not found"#)
        #expect(status.details?.group == "discovery.k8s.io")
    }
}
