import Addressing
import ClusterDNS
import KubeAPI
import Testing

@testable import ServiceTranslation

@Suite("Addresses of pods")
struct NamePodTests {
    private var snapshot = NameSnapshot()

    private func podObject(_ name: String, _ addresses: String..., phase: String? = "Running")
        -> PodObject
    {
        PodObject(
            metadata: ObjectMeta(name: name, namespace: "default"),
            status: PodStatus(phase: phase, podIPs: addresses))
    }

    private func address(_ text: String) throws -> PodAddress {
        let namespace = try #require(NameLabel("default"))
        return PodAddress(namespace: namespace, address: try #require(IPAddress(text)))
    }

    @Test("182: a pod's addresses come, change and go with it")
    mutating func life() throws {
        let first = try address("10.244.1.2")
        let second = try address("fd00:244::2")
        #expect(snapshot.upsert(podObject("a")) == [])
        #expect(snapshot.upsert(podObject("a", "10.244.1.2", "fd00:244::2")) == [first, second])
        #expect(snapshot.upsert(podObject("a", "10.244.1.2", "fd00:244::2")) == [])
        #expect(snapshot.hasPod(first) && snapshot.hasPod(second))
        #expect(snapshot.upsert(podObject("a", "10.244.1.2")) == [second])
        #expect(snapshot.delete(podObject("a")) == [first])
        #expect(!snapshot.hasPod(first))
    }

    @Test("an address that pods share stays until the last is gone")
    mutating func shared() throws {
        let host = try address("192.168.50.1")
        #expect(snapshot.upsert(podObject("a", "192.168.50.1")) == [host])
        #expect(snapshot.upsert(podObject("b", "192.168.50.1")) == [])
        #expect(snapshot.delete(podObject("a")) == [])
        #expect(snapshot.delete(podObject("b")) == [host])
    }

    @Test("a pod that is done or going has no address", arguments: ["Succeeded", "Failed", nil])
    mutating func done(phase: String?) throws {
        let first = try address("10.244.1.2")
        _ = snapshot.upsert(podObject("a", "10.244.1.2"))
        var object = podObject("a", "10.244.1.2", phase: phase)
        if phase == nil { object.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" }
        #expect(snapshot.upsert(object) == [first])
    }

    @Test("a list replaces what was known; what only changed hands is not touched")
    mutating func list() throws {
        let first = try address("10.244.1.2")
        let second = try address("10.244.1.3")
        #expect(snapshot.replacePods([podObject("a", "10.244.1.2")]) == [first])
        #expect(
            snapshot.replacePods([podObject("b", "10.244.1.2"), podObject("c", "10.244.1.3")])
                == [second])
        snapshot.keep(ObjectKey(kind: .pods, namespace: "default", name: "b"))
        #expect(snapshot.replacePods([]) == [second])
        #expect(snapshot.replacePods([]) == [first])
    }

    @Test("a pod that was read again since goes with the next list that lacks it")
    mutating func readAgain() throws {
        snapshot.keep(podObject("a", "10.244.1.2").key)
        _ = snapshot.upsert(podObject("a", "10.244.1.2"))
        #expect(snapshot.replacePods([]) == [try address("10.244.1.2")])
    }
}
