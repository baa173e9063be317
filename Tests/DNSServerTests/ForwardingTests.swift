import Addressing
import ClusterDNS
import DNSMessage
import NIOCore
import NIOPosix
import ServiceModel
import Testing

@testable import DNSServer

@Suite("What others answer", .timeLimit(.minutes(2)))
struct ForwardingTests {
    private let far = "web.default.svc.acme.local"

    /// The names of the server that is asked: another zone, for everybody.
    private func upstreamNames() throws -> ServedNames {
        ServedNames(
            zone: try sampleZone("acme.local"), isComplete: true,
            recursionSources: AddressList([]))
    }

    /// A server, and another one that it asks.
    private func withUpstream(
        _ body: (_ place: RunningPlace, _ upstream: RunningPlace) async throws -> Void
    ) async throws {
        try await RunningPlace.with(names: try upstreamNames()) { upstream in
            try await RunningPlace.with(upstreams: [upstream.endpoint]) { place in
                try await body(place, upstream)
            }
        }
    }

    @Test("a name outside the zone is asked of others, and then remembered")
    func forwarded() async throws {
        try await withUpstream { place, upstream in
            let question = try query(far)
            let first = try await ask(place.endpoint, question)
            #expect(first.header.responseCode == .noError)
            #expect(first.header.isRecursionAvailable)
            #expect(!first.header.isAuthoritative)
            #expect(first.answers.map(\.data.type) == [.a])
            // Nobody else knows it any more.
            upstream.context.published.publish(
                ServedNames(
                    zone: try sampleZone("gone.local"), isComplete: true,
                    recursionSources: AddressList([])))
            let second = try await ask(place.endpoint, question)
            #expect(second.answers.map(\.data) == first.answers.map(\.data))
        }
    }

    @Test("a name that others do not know does not exist")
    func unknown() async throws {
        try await withUpstream { place, _ in
            let reply = try await ask(place.endpoint, try query("none.acme.local"))
            #expect(reply.header.responseCode == .nameError)
            #expect(reply.authorities.map(\.type) == [.soa])
        }
    }

    @Test("an alias is told together with what others say of its end")
    func alias() async throws {
        try await withUpstream { place, _ in
            for _ in 0..<2 {
                let reply = try await ask(
                    place.endpoint, try query("far.default.svc.cluster.local"))
                #expect(reply.answers.map(\.type) == [.cname, .a])
                #expect(reply.header.isAuthoritative)
            }
        }
    }

    @Test("over TCP, out of order, and with the zone's names between them")
    func stream() async throws {
        try await withUpstream { place, _ in
            let client = try await TestClient.connection(to: place.endpoint)
            var replies = client.replies()
            try await client.send(
                framed(try query(far, id: 1))
                    + framed(try query("web.default.svc.cluster.local", id: 2))
                    + framed(try query("many.default.svc.acme.local", id: 3)))
            try await client.endSending()
            var counts: [UInt16: Int] = [:]
            while let reply = try await replies.next() {
                counts[reply.header.id] = reply.answers.count
            }
            #expect(counts == [1: 1, 2: 1, 3: 100])
        }
    }

    @Test("more questions than may wait at once are all answered, some later")
    func pipelineLimit() async throws {
        var limits = ServerLimits(answersPerSecond: 0)
        limits.pipelinedQueries = 3
        try await RunningPlace.with(names: try upstreamNames()) { upstream in
            try await RunningPlace.with(upstreams: [upstream.endpoint], limits: limits) { place in
                let client = try await TestClient.connection(to: place.endpoint)
                var replies = client.replies()
                let ids = 0..<50 as Range<UInt16>
                try await client.send(
                    try ids.flatMap { framed(try query("name-\($0).acme.local", id: $0)) })
                var answered: Set<UInt16> = []
                for _ in ids { answered.insert(try #require(try await replies.next()).header.id) }
                #expect(answered == Set(ids))
                await client.close()
            }
        }
    }

    @Test("with nobody to ask the zone's names are answered as before, others with SERVFAIL")
    func nobody() async throws {
        try await RunningPlace.with { place in
            let outside = try await ask(place.endpoint, try query(far))
            #expect(outside.header.responseCode == .serverFailure)
            let alias = try await ask(
                place.endpoint, try query("far.default.svc.cluster.local"))
            #expect(alias.header.responseCode == .serverFailure)
            #expect(alias.answers.map(\.type) == [.cname])
            let inside = try await ask(place.endpoint, try query("web.default.svc.cluster.local"))
            #expect(inside.answers.count == 1)
        }
    }

    @Test("a server that says nothing holds nobody else up")
    func silent() async throws {
        let deaf = try freeEndpoint()
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "\(deaf.address)", port: Int(deaf.port.rawValue)).get()
        try await RunningPlace.with(upstreams: [deaf]) { place in
            let client = try await TestClient.connection(to: place.endpoint)
            var replies = client.replies()
            try await client.send(
                framed(try query(far, id: 1))
                    + framed(try query("web.default.svc.cluster.local", id: 2)))
            #expect(try await replies.next()?.header.id == 2)
            let other = try await ask(place.endpoint, try query("web.default.svc.cluster.local"))
            #expect(other.answers.count == 1)
            await client.close()
        }
        try await channel.close()
    }
}
