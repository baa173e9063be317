import KubeAPI
import Support
import Testing

@testable import Admission

@Suite("one pod's change touches one slice")
struct SliceLayoutTests {
    private func make(
        _ pods: [PodObject], existing: [EndpointSliceObject] = []
    ) throws -> [EndpointSliceObject] {
        try #require(
            EndpointsFromSelector(service: web(), pods: pods, existing: existing)
        ).slices
    }

    @Test("a pod that goes and one that comes leave all other slices as they were")
    func oneSliceChanges() throws {
        let pods = (1...250).map { pod($0) }
        let before = try make(pods)
        #expect(before.map(\.metadata.name) == ["web-ipv4-0", "web-ipv4-1", "web-ipv4-2"])
        let without = pods.filter { $0.metadata.name != "web-050" }
        let after = try make(without, existing: before)
        #expect(zip(before, after).filter { $0 != $1 }.count == 1)
        let back = try make(without + [pod(400)], existing: after)
        #expect(zip(after, back).filter { $0 != $1 }.count == 1)
        #expect(back[0].endpoints.count == 100)
        #expect(try make(without + [pod(400)], existing: back) == back)
    }

    @Test("a pod that becomes unready stays in its slice")
    func readiness() throws {
        let pods = (1...150).map { pod($0) }
        let before = try make(pods)
        let changed = pods.map { original in
            var copy = original
            if copy.metadata.name == "web-120" {
                copy.status.conditions = [Condition(type: "Ready", status: "False")]
            }
            return copy
        }
        let after = try make(changed, existing: before)
        #expect(before[0] == after[0])
        #expect(before[1] != after[1])
        #expect(before[1].endpoints.map(\.addresses) == after[1].endpoints.map(\.addresses))
    }

    @Test("slices that became empty go, and their numbers are used again")
    func emptied() throws {
        let before = try make((1...250).map { pod($0) })
        let few = try make((201...250).map { pod($0) }, existing: before)
        #expect(few.map(\.metadata.name) == ["web-ipv4-2"])
        let more = try make((201...350).map { pod($0) }, existing: few)
        #expect(more.map(\.metadata.name) == ["web-ipv4-0", "web-ipv4-2"])
        #expect(try make([], existing: more).map(\.metadata.name) == ["web-ipv4-0"])
    }

    @Test("whatever pods come and go, each is in one slice", arguments: 0..<10 as Range<UInt64>)
    func complete(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var slices: [EndpointSliceObject] = []
        for _ in 0..<15 {
            let numbers = (1...400).filter { _ in Bool.random(using: &random) }
            slices = try make(numbers.map { pod($0) }.shuffled(using: &random), existing: slices)
            let names = slices.flatMap(\.endpoints).compactMap(\.targetRef?.name)
            #expect(names.sorted() == numbers.map { pod($0).metadata.name ?? "" }.sorted())
            #expect(slices.allSatisfy { $0.endpoints.count <= 100 })
            #expect(Set(slices.map(\.metadata.name)).count == slices.count)
        }
    }
}
