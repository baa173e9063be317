import APIClient
import Addressing
import Admission
import KubeAPI
import Support
import Testing

@testable import LoadBalancer

@Suite("giving Services addresses through their status", .timeLimit(.minutes(1)))
struct IngressKeeperTests {
    private let api = MemoryAPI()
    private let log = LogLines()

    private func following(
        _ pools: String..., body: (IngressKeeper) async throws -> Void
    ) async throws {
        let (api, log) = (api, log)
        let keeper = IngressKeeper(
            IngressPolicy(blocks: try pools.map { try #require(CIDRBlock($0)) }),
            hands: IngressHands(
                write: { write throws(APIClientError) in try await api.carryOut(write) },
                read: { key throws(APIClientError) in await api.read(key) }),
            news: IngressNews(
                logger: log.logger,
                metrics: BalancerMetrics()),
            backoff: Backoff(first: .milliseconds(10), cap: .milliseconds(20)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await keeper.run() }
            try await body(keeper)
            group.cancelAll()
        }
    }

    private func needy(_ name: String, _ change: (inout ServiceObject) -> Void = { _ in })
        -> ServiceObject
    {
        balanced(name, addresses: []) { object in
            object.spec.ipFamilies = ["IPv4"]
            object.metadata.uid = name
            change(&object)
        }
    }

    @Test("nothing is written before the list; then each Service gets an address")
    func given() async throws {
        let web = await api.put(needy("web"))
        let other = await api.put(needy("other") { $0.spec.loadBalancerIP = "198.51.100.1" })
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.upserted(web))
            await keeper.take(.connected)
            await keeper.take(.listed([web, other], revision: "2"))
            try await eventually("both have addresses") {
                let ips = await [api.ips("web"), api.ips("other")]
                return ips == [["198.51.100.2"], ["198.51.100.1"]]
            }
            #expect(await keeper.state == IngressKeeper.State())
        }
    }

    @Test("whoever is overtaken looks again, and leaves what another writer gave")
    func overtaken() async throws {
        let web = await api.put(needy("web"))
        let given = await api.put(
            needy("web") { object in
                object.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.9")])
            })
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.listed([web], revision: "1"))
            try await eventually("the write was refused") { await api.attempts == 1 }
            let later = await api.put(needy("later"))
            await keeper.take(.upserted(later))
            try await eventually("the next Service is served") {
                await api.ips("later") == ["198.51.100.1"]
            }
            #expect(await api.read(web.key) == given)
            #expect(await api.attempts == 2)
        }
    }

    @Test("an API that forbids it is said to, asked again, and obeyed when it does not any more")
    func forbidden() async throws {
        let web = await api.put(needy("web"))
        await api.answer(with: 403)
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.listed([web], revision: "1"))
            try await eventually("it is tried again") { await api.attempts >= 3 }
            let obstacle = try #require(await keeper.state.obstacle)
            #expect(obstacle.contains("`patch` `services/status`"))
            await api.answer(with: nil)
            try await eventually("it works") { await api.ips("web") == ["198.51.100.1"] }
            try await eventually("nothing is in the way") { await keeper.state.obstacle == nil }
        }
    }

    @Test("nothing is in the way once the Service has gone that could not be written")
    func goneMeanwhile() async throws {
        let web = await api.put(needy("web"))
        await api.answer(with: 403)
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.listed([web], revision: "1"))
            try await eventually("it is said") { await keeper.state.obstacle != nil }
            await keeper.take(.deleted(web))
            try await eventually("nothing is in the way") { await keeper.state.obstacle == nil }
        }
    }

    @Test("a write that was done although its answer was lost is in nobody's way")
    func doneAfterAll() async throws {
        let web = await api.put(needy("web"))
        await api.answer(with: 500)
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.listed([web], revision: "1"))
            try await eventually("it is said") { await keeper.state.obstacle != nil }
            let given = await api.put(
                needy("web") { object in
                    object.status = ServiceStatus(
                        ingress: [LoadBalancerIngress(ip: "198.51.100.1")])
                })
            await keeper.take(.upserted(given))
            try await eventually("nothing is in the way") { await keeper.state.obstacle == nil }
        }
    }

    @Test("while one Service cannot be written, others that can do not make it news each time")
    func oneOfTwo() async throws {
        let bad = await api.put(needy("bad"))
        await api.forbid("bad")
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.listed([bad], revision: "1"))
            for number in 1...5 {
                let good = await api.put(needy("good\(number)"))
                await keeper.take(.upserted(good))
                try await eventually("the other is written, and the bad one tried again") {
                    await !api.ips("good\(number)").isEmpty
                }
            }
            let attempts = await api.attempts
            try await eventually("it is tried again") { await api.attempts > attempts }
            #expect(await keeper.state.obstacle != nil)
            #expect(log.count(of: "cannot be written to their status") == 1)
            #expect(log.count(of: "can be written again") == 0)
        }
    }

    @Test("what one Service lacks is said by its name, and stops no other")
    func lacking() async throws {
        let odd = await api.put(needy("odd"))
        let six = await api.put(needy("six") { $0.spec.ipFamilies = ["IPv6"] })
        let web = await api.put(needy("web"))
        await api.refuse("odd")
        try await following("198.51.100.0/24") { keeper in
            await keeper.take(.listed([odd, six, web], revision: "3"))
            try await eventually("the third is served") { await !api.ips("web").isEmpty }
            try await eventually("two lack an address") { await keeper.state.lacking.count == 2 }
            let lacking = await keeper.state.lacking
            #expect(lacking[odd.key]?.contains("422") == true)
            #expect(lacking[six.key]?.contains("no load balancer pool has IPv6") == true)
            #expect(await keeper.state.obstacle == nil)
            await keeper.take(.deleted(six))
            #expect(await keeper.state.lacking.keys.map(\.name) == ["odd"])
        }
    }
}

/// An API with Services in memory.
private actor MemoryAPI {
    private var services: [ObjectKey: ServiceObject] = [:]
    private var revision = 0
    private var refused: Set<String> = []
    private var forbidden: Set<String> = []
    private var code: Int?
    /// How many writes were tried.
    private(set) var attempts = 0

    func put(_ service: ServiceObject) -> ServiceObject {
        var service = service
        revision += 1
        service.metadata.resourceVersion = "\(revision)"
        services[service.key] = service
        return service
    }

    /// Answers every write with this failure; nil: as it should.
    func answer(with code: Int?) { self.code = code }

    /// Refuses what is written to a Service.
    func refuse(_ name: String) { refused.insert(name) }

    /// Allows nobody to write to a Service.
    func forbid(_ name: String) { forbidden.insert(name) }

    func read(_ key: ObjectKey) -> ServiceObject? { services[key] }

    func ips(_ name: String) -> [String] {
        let key = ObjectKey(kind: .services, namespace: "default", name: name)
        return (services[key]?.status.loadBalancer?.ingress ?? []).compactMap(\.ip)
    }

    func carryOut(_ write: IngressWrite) throws(APIClientError) -> ServiceObject {
        attempts += 1
        if let code { throw failure(code) }
        guard !forbidden.contains(write.key.name) else { throw failure(403) }
        guard !refused.contains(write.key.name) else { throw failure(422) }
        guard var service = services[write.key],
            service.metadata.resourceVersion == write.resourceVersion
        else { throw failure(409) }
        service.status = ServiceStatus(ingress: write.ingress)
        return put(service)
    }

    private func failure(_ code: Int) -> APIClientError {
        APIClientError(
            .refused, request: "PATCH", detail: "\(code)",
            status: StatusObject(code: code, reason: .forbidden, message: "no"))
    }
}
