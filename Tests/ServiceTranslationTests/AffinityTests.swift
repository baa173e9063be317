import Forwarding
import KubeAPI
import ServiceTranslation
import Synchronization
import Testing

/// Behaviours 68–77: clients that stay with the endpoint they have.
@Suite struct AffinityTests {
    private static let sockets = ["10.96.0.10:80", "192.168.50.1:30080", "198.51.100.10:80"]
    private let pods = slice([pod("10.244.1.2"), pod("10.244.1.3"), pod("10.244.1.4")])

    private func sticky(_ change: (inout ServiceObject) -> Void = { _ in }) -> ServiceObject {
        balancedService {
            $0.spec.sessionAffinity = "ClientIP"
            change(&$0)
        }
    }

    /// Where a client's second connection goes, when the first was sent to the second slot and
    /// the kernel would now choose the third.
    private func secondConnection(
        _ object: ServiceObject, from client: String, to socket: String,
        first: String? = nil
    ) throws -> [String] {
        let choice = KernelChoice(1)
        let host = try World(object, slices: [pods]).host()
        var walk = try host.walk(for: socket, choosing: choice)
        let before = try host.fate(from: first ?? client, to: socket, &walk)
        choice.slot.withLock { $0 = 2 }
        return [before, try host.fate(from: client, to: socket, &walk)].map {
            String($0.prefix { $0 != " " })
        }
    }

    @Test(
        "68, 71, 73: a client stays with its endpoint, on every kind of frontend",
        arguments: sockets)
    func stays(socket: String) throws {
        let client = socket.hasPrefix("10.96.") ? "10.244.1.9" : "203.0.113.5"
        #expect(
            try secondConnection(sticky(), from: client, to: socket)
                == ["10.244.1.3:8080", "10.244.1.3:8080"])
    }

    @Test("69: without affinity each connection chooses anew", arguments: sockets)
    func choosesAnew(socket: String) throws {
        let client = socket.hasPrefix("10.96.") ? "10.244.1.9" : "203.0.113.5"
        #expect(
            try secondConnection(balancedService(), from: client, to: socket)
                == ["10.244.1.3:8080", "10.244.1.4:8080"])
    }

    @Test("72: with external policy Local as well")
    func externalLocal() throws {
        let object = sticky { $0.spec.externalTrafficPolicy = "Local" }
        #expect(
            try secondConnection(object, from: "203.0.113.5", to: "198.51.100.10:80")
                == ["10.244.1.3:8080", "10.244.1.3:8080"])
    }

    @Test("77: another client has a choice of its own")
    func otherClient() throws {
        #expect(
            try secondConnection(
                sticky(), from: "203.0.113.6", to: "198.51.100.10:80", first: "203.0.113.5")
                == ["10.244.1.3:8080", "10.244.1.4:8080"])
    }

    @Test("70: the timeout is that of the Service, on all of its frontends")
    func timeout() throws {
        let object = sticky {
            $0.spec.sessionAffinityConfig = SessionAffinityConfig(timeoutSeconds: 60)
        }
        let entries = try World(object, slices: [pods]).translated().entries
        #expect(entries.count == 4)
        #expect(entries.allSatisfy { $0.affinitySeconds == 60 })
    }
}
