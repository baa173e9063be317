import Addressing
import ClusterDNS
import DNSMessage
import NIOPosix
import ServiceModel
import Testing

@testable import DNSServer

@Suite("Over UDP", .timeLimit(.minutes(2)))
struct DatagramTests {
    @Test("a question is answered from the address that was asked, and cut to size")
    func answers() async throws {
        try await RunningPlace.with { place in
            // The client's socket is connected: it takes from that address alone.
            let reply = try await ask(place.endpoint, try query("web.default.svc.cluster.local"))
            #expect(reply.header.responseCode == .noError)
            #expect(reply.answers.count == 1)
            let cut = try await ask(place.endpoint, try query("many.default.svc.cluster.local"))
            #expect(cut.header.isTruncated)
        }
    }

    @Test("many clients with many questions each get their own answers")
    func load() async throws {
        try await RunningPlace.with { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<16 as Range<UInt16> {
                    group.addTask { try await askOften(place.endpoint, client: client) }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("garbage and responses do not keep anybody from being answered")
    func garbage() async throws {
        try await RunningPlace.with { place in
            let client = try await TestClient.datagrams(to: place.endpoint)
            var replies = client.replies()
            try await client.send([])
            try await client.send([1, 2, 3])
            try await client.send(Array(repeating: 0xff, count: 2_000))
            try await client.send(try query("web.default.svc.cluster.local", id: 9))
            #expect(try await replies.next()?.header.id == 9)
            await client.close()
        }
    }

    @Test("what is published is answered by every thread")
    func publication() async throws {
        try await RunningPlace.with { place in
            var names = place.context.published.current
            names.zone.set(
                .clusterIP(addresses: [try address("10.96.0.99")], ports: []),
                for: ServiceIdentity(namespace: "default", name: "new"))
            place.context.published.publish(names)
            // Of so many clients each thread has some.
            for _ in 0..<16 {
                let reply = try await ask(
                    place.endpoint, try query("new.default.svc.cluster.local"))
                #expect(reply.answers.count == 1)
            }
        }
    }

    @Test("over IPv6 too")
    func v6() async throws {
        try await RunningPlace.with { place in
            let endpoint = SocketEndpoint(
                address: try address("::1"),
                port: try #require(Port(Int.random(in: 20_000...30_000))))
            let listener = try await Listener.open(endpoint, on: place.pool)
            let reply = try await ask(endpoint, try query("db.default.svc.cluster.local", .aaaa))
            #expect(reply.answers.map(\.type) == [.aaaa])
            await listener.close()
        }
    }

    private func askOften(_ endpoint: SocketEndpoint, client number: UInt16) async throws {
        let client = try await TestClient.datagrams(to: endpoint)
        var replies = client.replies()
        for round in 0..<50 as Range<UInt16> {
            // Eight at once, which one read of the server may bring together.
            for place in 0..<8 as Range<UInt16> {
                try await client.send(
                    try query(
                        "web.default.svc.cluster.local", id: number << 10 | round << 3 | place))
            }
            var ids: Set<UInt16> = []
            for _ in 0..<8 {
                let reply = try #require(try await replies.next())
                #expect(reply.answers.count == 1)
                ids.insert(reply.header.id)
            }
            #expect(ids == Set((0..<8).map { number << 10 | round << 3 | $0 }))
        }
        await client.close()
    }
}
