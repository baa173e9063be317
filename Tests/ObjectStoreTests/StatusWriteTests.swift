import GRDB
import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("Writing the status of a Service")
struct StatusWriteTests: StatusWriting {
    let store = ObjectStore(startingAfter: 0)

    @Test("what was written is there after a change of the manifest and after a restart")
    func kept() async throws {
        let folder = try TemporaryFolder()
        do {
            let state = try StateFile(folder: folder.path)
            var controller = try await controller(state: state)
            _ = await controller.apply(Sample.changes([web()]))
            let written = try await write(patch("198.51.100.7"), by: &controller)
            #expect(written.object.metadata.annotations == [Self.note: "198.51.100.7"])
            let ingress = try service().status.loadBalancer?.ingress
            #expect(ingress == [LoadBalancerIngress(ip: "198.51.100.7", ipMode: "VIP")])
            let changed = web {
                $0.metadata.annotations = ["a": "b"]
                $0.spec.ports = [ServicePortObject(port: 81)]
            }
            _ = await controller.apply(Sample.changes([changed]))
            #expect(try ips() == ["198.51.100.7"])
            #expect(
                try service().metadata.annotations == ["a": "b", Self.note: "198.51.100.7"])
        }
        let later = ObjectStore(startingAfter: 1_000)
        var again = try await controller(state: StateFile(folder: folder.path), store: later)
        var changes = Sample.changes([web()])
        changes.isComplete = true
        let report = await again.apply(changes)
        #expect(report.problems.isEmpty)
        #expect(try ips(in: later) == ["198.51.100.7"])
        #expect(try service(in: later).metadata.annotations == [Self.note: "198.51.100.7"])
    }

    @Test("with another type the address goes, and does not come back with the type")
    func type() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        _ = try await write(patch("198.51.100.7"), by: &controller)
        _ = await controller.apply(Sample.changes([web(type: "ClusterIP")]))
        #expect(try ips() == [])
        _ = try await write(patch(nil), by: &controller)
        #expect(try service().metadata.annotations == nil)
        _ = await controller.apply(Sample.changes([web()]))
        #expect(try ips() == [])
    }

    @Test("an address that a manifest has replaced does not come back")
    func replaced() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        _ = try await write(patch("198.51.100.7"), by: &controller)
        _ = await controller.apply(Sample.changes([webStating("192.0.2.1")]))
        #expect(try ips() == ["192.0.2.1"])
        _ = await controller.apply(Sample.changes([web()]))
        #expect(try ips() == [])
    }

    @Test("a Service of the same name that is made anew has nothing of the old one")
    func madeAnew() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        _ = try await write(patch("198.51.100.7"), by: &controller)
        _ = await controller.apply(Sample.changes(deleting: [Sample.key(.services, "web")]))
        _ = await controller.apply(Sample.changes([web()]))
        #expect(try ips() == [])
        #expect(try service().metadata.annotations == nil)
    }

    @Test("a version that is gone is a conflict; no Service, no address and no status are refused")
    func refusals() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([web()]))
        let version = try service().metadata.resourceVersion
        _ = try await write(patch("198.51.100.7", version: version), by: &controller)
        let stale = await #expect(throws: StatusObject.self) {
            try await write(patch("198.51.100.8", version: version), by: &controller)
        }
        #expect(stale?.code == 409)
        let missing = await #expect(throws: StatusObject.self) {
            try await write(patch("198.51.100.8"), to: "other", by: &controller)
        }
        #expect(missing?.code == 404)
        let odd = await #expect(throws: StatusObject.self) {
            try await write(patch("nowhere"), by: &controller)
        }
        #expect(odd?.code == 422)
        let shapeless = await #expect(throws: StatusObject.self) {
            try await write(
                .object(["status": .object(["loadBalancer": .string("x")])]), by: &controller)
        }
        #expect(shapeless?.code == 400)
        #expect(try ips() == ["198.51.100.7"])
    }

    @Test("where the manifest or a pool of the API's own says the addresses, nobody else does")
    func notForClients() async throws {
        var stating = try await controller()
        _ = await stating.apply(Sample.changes([webStating("192.0.2.1")]))
        let manifest = await #expect(throws: StatusObject.self) {
            try await write(patch("198.51.100.7"), by: &stating)
        }
        #expect(manifest?.code == 403 && manifest?.message?.contains("the manifest of") == true)
        #expect(try ips() == ["192.0.2.1"])

        let store = ObjectStore(startingAfter: 0)
        var pooled = try await controller(pool: "198.51.100.0/24", store: store)
        _ = await pooled.apply(Sample.changes([web()]))
        let pool = await #expect(throws: StatusObject.self) {
            try await write(patch("198.51.100.7"), by: &pooled)
        }
        #expect(pool?.code == 403 && pool?.message?.contains("--load-balancer-pool") == true)
        let others = web { $0.spec.loadBalancerClass = "example.com/lb" }
        _ = await pooled.apply(Sample.changes(deleting: [Sample.key(.services, "web")]))
        _ = await pooled.apply(Sample.changes([others]))
        _ = try await write(patch("203.0.113.9"), by: &pooled)
        #expect(try ips(in: store) == ["203.0.113.9"])
        _ = try await write(patch(nil), by: &pooled)
        #expect(try ips(in: store) == [])
    }

    @Test("what cannot be kept is an error, leaves nothing behind, and may be written again")
    func notKept() async throws {
        let folder = try TemporaryFolder()
        try await refuseToKeep("198.51.100.7", in: folder)
        do {
            let state = try StateFile(folder: folder.path)
            var controller = try await controller(state: state)
            _ = await controller.apply(Sample.changes([web()]))
            let before = try service()
            for _ in 0..<2 {
                let error = await #expect(throws: StatusObject.self) {
                    try await write(patch("198.51.100.7"), by: &controller)
                }
                #expect(error?.code == 500)
                #expect(try service() == before)
            }
            _ = try await write(patch("198.51.100.8"), by: &controller)
            #expect(try ips() == ["198.51.100.8"])
        }
        let later = ObjectStore(startingAfter: 1_000)
        var again = try await controller(state: StateFile(folder: folder.path), store: later)
        _ = await again.apply(Sample.changes([web()]))
        #expect(try ips(in: later) == ["198.51.100.8"])
    }

    /// Has the folder's state file refuse what contains a text.
    private func refuseToKeep(_ text: String, in folder: TemporaryFolder) async throws {
        _ = try StateFile(folder: folder.path)
        let database = try DatabaseQueue(path: "\(folder.path)/\(StateFile.name)")
        try await database.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refusal BEFORE INSERT ON objects
                    WHEN instr(CAST(NEW.written AS TEXT), '\(text)') > 0
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        try database.close()
    }

    @Test("nobody is answered where nobody attends, or attends any more")
    func unattended() async throws {
        let desk = StatusDesk()
        let early = await #expect(throws: StatusObject.self) {
            try await desk.write(patch("198.51.100.7"), to: Sample.key(.services, "web"))
        }
        #expect(early?.code == 503)
        desk.open {}
        async let late: Void = {
            let error = await #expect(throws: StatusObject.self) {
                try await desk.write(patch("198.51.100.7"), to: Sample.key(.services, "web"))
            }
            #expect(error?.code == 503)
        }()
        desk.close()
        await late
    }
}
