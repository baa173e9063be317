import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("What a patch of a status takes over")
struct StatusMergeTests: StatusWriting {
    let store = ObjectStore(startingAfter: 0)

    private func conditions(_ type: String) -> [Condition] {
        [Condition(type: type, status: "True")]
    }

    @Test("what a patch does not name stays the manifest's, and goes with it")
    func unnamed() async throws {
        var controller = try await controller()
        let stated = web {
            $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "192.0.2.1")])
            $0.status.conditions = conditions("Stated")
        }
        _ = await controller.apply(Sample.changes([stated]))
        _ = try await write(annotating(["example.com/a": .string("b")]), by: &controller)
        #expect(try ips() == ["192.0.2.1"])
        _ = await controller.apply(Sample.changes([web()]))
        #expect(try ips() == [])
        #expect(try service().status.conditions == nil)
        #expect(try service().metadata.annotations == ["example.com/a": "b"])
    }

    @Test("conditions are written beside the manifest's addresses, and addresses beside conditions")
    func apart() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([webStating("192.0.2.1")]))
        let written = JSONValue.object([
            "type": .string("Written"), "status": .string("True"),
        ])
        _ = try await write(
            .object(["status": .object(["conditions": .array([written])])]), by: &controller)
        #expect(try ips() == ["192.0.2.1"])
        _ = await controller.apply(Sample.changes([web()]))
        #expect(try ips() == [])
        #expect(try service().status.conditions?.map(\.type) == ["Written"])
        _ = try await write(patch("198.51.100.7"), by: &controller)
        _ = await controller.apply(Sample.changes([web()]))
        #expect(try ips() == ["198.51.100.7"])
        #expect(try service().status.conditions?.map(\.type) == ["Written"])
    }

    @Test("an address of the pool goes with the pool, whatever was patched meanwhile")
    func pool() async throws {
        let folder = try TemporaryFolder()
        do {
            let state = try StateFile(folder: folder.path)
            var pooled = try await controller(state: state, pool: "198.51.100.0/24")
            _ = await pooled.apply(Sample.changes([web()]))
            _ = try await write(annotating(["example.com/a": .string("b")]), by: &pooled)
            #expect(try ips() == ["198.51.100.1"])
        }
        let later = ObjectStore(startingAfter: 1_000)
        var bare = try await controller(state: StateFile(folder: folder.path), store: later)
        _ = await bare.apply(Sample.changes([web()]))
        #expect(try ips(in: later) == [])
        #expect(try service(in: later).metadata.annotations == ["example.com/a": "b"])
    }

    @Test("an annotation is a text; null removes it")
    func texts() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        _ = try await write(annotating(["a": .string("b"), "c": .string("d")]), by: &controller)
        for value in [JSONValue.integer(5), .bool(true), .array([]), .object([:])] {
            let error = await #expect(throws: StatusObject.self) {
                try await write(annotating(["a": value]), by: &controller)
            }
            #expect(error?.code == 400)
        }
        let shapeless = await #expect(throws: StatusObject.self) {
            try await write(
                .object(["metadata": .object(["annotations": .string("a")])]), by: &controller)
        }
        #expect(shapeless?.code == 400)
        #expect(try service().metadata.annotations == ["a": "b", "c": "d"])
        _ = try await write(annotating(["a": .null]), by: &controller)
        #expect(try service().metadata.annotations == ["c": "d"])
    }

    @Test("annotations have a limit that many patches cannot go round, and keys are checked")
    func limits() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        let large = JSONValue.string(String(repeating: "x", count: 60_000))
        for name in ["a", "b", "c", "d"] {
            _ = try await write(annotating([name: large]), by: &controller)
        }
        let fifth = await #expect(throws: StatusObject.self) {
            try await write(annotating(["e": large]), by: &controller)
        }
        #expect(fifth?.code == 422)
        let odd = await #expect(throws: StatusObject.self) {
            try await write(annotating(["no name": .string("x")]), by: &controller)
        }
        #expect(odd?.code == 422)
        #expect(try service().metadata.annotations?.count == 4)
    }

    @Test("patches that arrive together are all applied, where they state no version")
    func together() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        let empty = JSONValue.object(["resourceVersion": .string("")])
        let answers = await write(
            [
                annotating(["a": .string("1")]), annotating(["b": .string("2")]),
                annotating(["a": .string("3")]), .object(["metadata": empty]),
            ], by: &controller)
        for answer in answers { #expect(throws: Never.self) { try answer.get() } }
        #expect(try service().metadata.annotations == ["a": "3", "b": "2"])
    }

    @Test("of patches of one version that arrive together, the first is applied")
    func version() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        let version = try service().metadata.resourceVersion
        let answers = await write(
            [patch("198.51.100.7", version: version), patch("198.51.100.8", version: version)],
            by: &controller)
        #expect(throws: Never.self) { try answers[0].get() }
        let error = #expect(throws: StatusObject.self) { try answers[1].get() }
        #expect(error?.code == 409)
        #expect(try ips() == ["198.51.100.7"])
    }
}
