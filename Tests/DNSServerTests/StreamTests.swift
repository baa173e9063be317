import Addressing
import DNSMessage
import Testing

@testable import DNSServer

@Suite("Over TCP", .timeLimit(.minutes(2)))
struct StreamTests {
    private let web = "web.default.svc.cluster.local"
    private let many = "many.default.svc.cluster.local"

    @Test("questions that are sent together are answered, each whole")
    func pipelined() async throws {
        try await RunningPlace.with { place in
            let client = try await TestClient.connection(to: place.endpoint)
            var replies = client.replies()
            let all = try (0..<200 as Range<UInt16>).flatMap { framed(try query(many, id: $0)) }
            try await client.send(all)
            for id in 0..<200 as Range<UInt16> {
                let reply = try #require(try await replies.next())
                #expect(reply.header.id == id)
                #expect(reply.answers.count == 100)
            }
            await client.close()
        }
    }

    @Test("a question that comes byte by byte is answered")
    func fragmented() async throws {
        try await RunningPlace.with { place in
            let client = try await TestClient.connection(to: place.endpoint)
            var replies = client.replies()
            for byte in framed(try query(web, id: 1)) + framed(try query(web, id: 2)) {
                try await client.send([byte])
            }
            #expect(try await replies.next()?.header.id == 1)
            #expect(try await replies.next()?.header.id == 2)
            await client.close()
        }
    }

    @Test(
        "what is too long for a query, or empty, ends the connection",
        arguments: [0, MessageFrames.longestQuery + 1, 65_535])
    func oversize(length: Int) async throws {
        try await RunningPlace.with { place in
            let client = try await TestClient.connection(to: place.endpoint)
            var replies = client.replies()
            try await client.send([UInt8(length >> 8), UInt8(length & 0xff), 0])
            #expect(try await replies.next() == nil)
        }
    }

    @Test("a client that says it has asked all gets its answers, and the connection is closed")
    func halfClosed() async throws {
        try await RunningPlace.with { place in
            let client = try await TestClient.connection(to: place.endpoint)
            var replies = client.replies()
            try await client.sendFramed(try query(web, id: 1))
            try await client.endSending()
            #expect(try await replies.next()?.header.id == 1)
            #expect(try await replies.next() == nil)
        }
    }

    @Test("a silent client is let go, one that asks is not")
    func idle() async throws {
        let limits = ServerLimits(answersPerSecond: 0, idleTimeout: .milliseconds(300))
        try await RunningPlace.with(limits: limits) { place in
            let silent = try await TestClient.connection(to: place.endpoint)
            let dribbling = try await TestClient.connection(to: place.endpoint)
            var silentReplies = silent.replies()
            var dribblingReplies = dribbling.replies()
            // Bytes that never make a question do not count.
            // On a host too busy for so long the connection has ended already.
            try? await dribbling.send([0, 40, 1])
            #expect(try await silentReplies.next() == nil)
            #expect(try await dribblingReplies.next() == nil)
            while place.pool.connections.count > 0 { await Task.yield() }
        }
    }

    @Test("a client that does not take its answers is not read from, then let go")
    func slowReader() async throws {
        let limits = ServerLimits(answersPerSecond: 0, idleTimeout: .seconds(1))
        try await RunningPlace.with(limits: limits) { place in
            let client = try await TestClient.connection(to: place.endpoint)
            // On a host too busy for a second the connection has ended already.
            try? await client.stopReading()
            let all = try (0..<5_000 as Range<UInt16>).flatMap {
                framed(try query(many, id: $0))
            }
            // Sending may end with the connection, and does not end before.
            _ = try? await client.send(all)
            while place.pool.connections.count > 0 { await Task.yield() }
            let reply = try await ask(place.endpoint, try query(web))
            #expect(reply.answers.count == 1)
            await client.close()
        }
    }

    @Test("past the limit the longest silent connection makes room")
    func connectionLimit() async throws {
        let limits = ServerLimits(answersPerSecond: 0, connections: 10, connectionsPerClient: 2)
        try await RunningPlace.with(limits: limits) { place in
            var clients: [TestClient] = []
            for _ in 0..<3 {
                let client = try await TestClient.connection(to: place.endpoint)
                clients.append(client)
                // Once it has an answer the server knows the connection.
                if clients.count < 3 {
                    try await client.sendFramed(try query(web))
                }
            }
            var first = clients[0].replies()
            #expect(try await first.next() != nil)
            #expect(try await first.next() == nil)
            try await clients[2].sendFramed(try query(web, id: 3))
            var third = clients[2].replies()
            #expect(try await third.next()?.header.id == 3)
            for client in clients { await client.close() }
        }
    }

    @Test("a thousand slow clients do not keep UDP from being answered")
    func thousand() async throws {
        let limits = ServerLimits(
            answersPerSecond: 0, connectionsPerClient: 2_000, idleTimeout: .seconds(100))
        OpenFileLimit.raise()
        try await RunningPlace.with(limits: limits) { place in
            var clients: [TestClient] = []
            for _ in 0..<1_000 {
                let client = try await TestClient.connection(to: place.endpoint)
                try await client.send([0])
                clients.append(client)
            }
            while place.pool.connections.count < 1_000 { await Task.yield() }
            for id in 0..<100 as Range<UInt16> {
                let reply = try await ask(place.endpoint, try query(web, id: id))
                #expect(reply.header.id == id)
            }
            for client in clients { await client.close() }
        }
    }
}
