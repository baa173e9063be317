import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Testing

@testable import DNSServer

@Suite("What is answered")
struct AnswerTests {
    @Test("a name of the zone, with authority")
    func inside() throws {
        let asking = try Asking()
        let reply = try asking.reply(try query("web.default.svc.cluster.local"))
        #expect(reply.header.responseCode == .noError)
        #expect(reply.header.isAuthoritative)
        #expect(reply.header.isRecursionDesired)
        #expect(reply.header.isRecursionAvailable)
        #expect(reply.answers.map(\.data) == [.a(try v4("10.96.0.20"))])
        #expect(reply.extensions == nil)
    }

    @Test("a name that does not exist, and a type that a name does not have")
    func negative() throws {
        let asking = try Asking()
        let missing = try asking.reply(try query("none.default.svc.cluster.local"))
        #expect(missing.header.responseCode == .nameError)
        #expect(missing.authorities.map(\.type) == [.soa])
        let empty = try asking.reply(try query("web.default.svc.cluster.local", .aaaa))
        #expect(empty.header.responseCode == .noError)
        #expect(empty.answers.isEmpty)
        #expect(empty.authorities.map(\.type) == [.soa])
    }

    @Test("the question comes back as it was spelled, and so does the answer's owner")
    func spelling() throws {
        let asking = try Asking()
        let reply = try asking.reply(try query("wEb.DefaulT.svc.CLUSTER.local"))
        #expect("\(try #require(reply.questions.first).name)" == "wEb.DefaulT.svc.CLUSTER.local.")
        #expect("\(try #require(reply.answers.first).name)" == "wEb.DefaulT.svc.CLUSTER.local.")
    }

    @Test("whoever speaks EDNS is answered so, with DO as it was asked", arguments: [false, true])
    func extensions(isDNSSECOK: Bool) throws {
        let asking = try Asking()
        let extensions = ExtensionOptions(
            udpPayloadSize: 4_096, isDNSSECOK: isDNSSECOK,
            options: [ExtensionOption(code: 10, data: [1, 2, 3, 4, 5, 6, 7, 8])])
        let reply = try asking.reply(
            try query("web.default.svc.cluster.local", extensions: extensions))
        #expect(
            reply.extensions
                == ExtensionOptions(udpPayloadSize: 1_232, isDNSSECOK: isDNSSECOK))
    }

    @Test(
        "an answer has no more bytes than the client takes, and than are sent at all",
        arguments: [
            (nil, 1_232, 512), (100, 1_232, 512), (512, 1_232, 512), (900, 1_232, 900),
            (4_096, 1_232, 1_232), (4_096, 700, 700), (1_232, 100, 512),
        ] as [(UInt16?, Int, Int)])
    func truncation(client: UInt16?, server: Int, limit: Int) throws {
        let limits = ServerLimits(udpPayloadBytes: server, answersPerSecond: 0)
        let asking = Asking(try sampleContext(limits: limits))
        let bytes = try query(
            "many.default.svc.cluster.local",
            extensions: client.map { ExtensionOptions(udpPayloadSize: $0) })
        guard case .reply(let reply, let byteCount) = try asking.ask(bytes) else {
            throw NoReply()
        }
        #expect(reply.header.isTruncated)
        // One more record of 16 bytes would not have fitted.
        #expect(limit - 16 < byteCount && byteCount <= limit)
        #expect(reply.answers.count > 20)
        #expect(asking.handler.takeTally().truncated == 1)
    }

    @Test("over TCP the same answer is whole")
    func stream() throws {
        let asking = try Asking(over: .tcp)
        let reply = try asking.reply(try query("many.default.svc.cluster.local"))
        #expect(!reply.header.isTruncated)
        #expect(reply.answers.count == 100)
    }

    @Test("before all names are known there is no telling that one does not exist")
    func incomplete() throws {
        let asking = Asking(try sampleContext(names: try sampleNames(isComplete: false)))
        for owner in [
            "none.default.svc.cluster.local", "web.default.svc.cluster.local",
            "1.0.96.10.in-addr.arpa",
        ] {
            let reply = try asking.reply(try query(owner, .ptr))
            #expect(reply.header.responseCode == .serverFailure)
            #expect(!reply.header.isAuthoritative)
        }
        guard case .forward = try asking.ask(try query("example.com")) else {
            Issue.record("names outside do not wait for the zone")
            return
        }
    }

    @Test("what is published is answered from the next refresh on")
    func publication() throws {
        let context = try sampleContext()
        let asking = Asking(context)
        var names = context.published.current
        names.zone.set(
            .clusterIP(addresses: [try address("10.96.0.99")], ports: []),
            for: ServiceIdentity(namespace: "default", name: "new"))
        context.published.publish(names)
        let question = try query("new.default.svc.cluster.local")
        #expect(try asking.reply(question).header.responseCode == .nameError)
        asking.handler.refresh()
        #expect(try asking.reply(question).answers.map(\.data) == [.a(try v4("10.96.0.99"))])
    }

    private func v4(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }
}
