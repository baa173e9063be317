import Addressing
import KubeAPI
import Testing

@testable import Admission

@Suite("addresses that are written to a Service's status")
struct IngressLedgerTests {
    private var world = IngressWorld()

    private func ledger(
        _ pools: String..., class: String? = nil
    ) throws -> IngressLedger {
        IngressLedger(IngressPolicy(blocks: try pools.map(block), loadBalancerClass: `class`))
    }

    @Test("each Service gets an address of each of its families, the oldest the lowest")
    mutating func given() throws {
        world.apply(balanced("a", created: "2026-01-31T12:00:02Z"))
        world.apply(
            balanced("b", families: ["IPv6", "IPv4"], created: "2026-01-31T12:00:01Z"))
        world.apply(web("inside"))
        var ledger = try ledger("198.51.100.0/24", "fd98::/112")
        #expect(ledger.settle(&world).isEmpty)
        #expect(world.ips("b") == ["fd98::1", "198.51.100.1"])
        #expect(world.note("b") == "fd98::1,198.51.100.1")
        #expect(world.ips("a") == ["198.51.100.2"])
        #expect(world.services[key("inside")]?.allocatedNote == nil)
        let ingress = world.services[key("a")]?.status.loadBalancer?.ingress
        #expect(ingress == [LoadBalancerIngress(ip: "198.51.100.2", ipMode: "VIP")])
    }

    @Test("whoever begins anew finds nothing to do: the API holds the state")
    mutating func restart() throws {
        for name in ["a", "b", "c"] { world.apply(balanced(name)) }
        var first = try ledger("198.51.100.0/24")
        _ = first.settle(&world)
        world.delete(key("a"))
        let before = world.events
        var second = try ledger("198.51.100.0/24")
        #expect(second.settle(&world).isEmpty)
        #expect(world.events == before)
        world.apply(balanced("d"))
        _ = second.settle(&world)
        #expect(world.ips("d") == ["198.51.100.1"])
    }

    @Test("an address asked for is given, and first; outside the pool, or another's, it is refused")
    mutating func asked() throws {
        world.apply(balanced("a"))
        world.apply(balanced("b", ip: "198.51.100.1"))
        world.apply(balanced("c", ip: "203.0.113.1"))
        world.apply(balanced("d", ip: "198.51.100.1"))
        world.apply(balanced("e", port: 81, ip: "198.51.100.1"))
        world.apply(balanced("f", ip: "fd98::1"))
        var ledger = try ledger("198.51.100.0/24")
        let refusals = ledger.settle(&world)
        #expect(world.ips("b") == ["198.51.100.1"])
        #expect(world.ips("a") == ["198.51.100.2"])
        #expect(world.ips("e") == ["198.51.100.1"])
        #expect(Set(refusals.keys) == ["c", "d", "f"])
        #expect(refusals["c"]?.contains("The pools are 198.51.100.0/24") == true)
        #expect(refusals["d"]?.contains("already allocated, with one of these ports, to") == true)
        #expect(refusals["f"]?.contains("the Service has no IPv6 address") == true)
        world.apply(balanced("a", ip: "198.51.100.9"))
        _ = ledger.settle(&world)
        #expect(world.ips("a") == ["198.51.100.9"])
        #expect(world.note("a") == "198.51.100.9")
    }

    @Test("a shortage is said, and ends when somebody gives an address back")
    mutating func shortage() throws {
        world.apply(balanced("a", created: "2026-01-31T12:00:00Z"))
        world.apply(balanced("b", created: "2026-01-31T12:00:01Z"))
        var ledger = try ledger("198.51.100.1/32")
        let refusals = ledger.settle(&world)
        #expect(Array(refusals.keys) == ["b"])
        #expect(refusals["b"]?.contains("the pool is full") == true)
        world.apply(web("a"))
        #expect(ledger.settle(&world).isEmpty)
        #expect(world.ips("a") == [] && world.note("a") == nil)
        #expect(world.ips("b") == ["198.51.100.1"])
        world.apply(balanced("six", families: ["IPv6"]))
        #expect(ledger.settle(&world)["six"]?.contains("no load balancer pool has IPv6") == true)
    }

    @Test("a Service gets all that it needs or nothing")
    mutating func wholly() throws {
        world.apply(balanced("a", families: ["IPv6"]))
        world.apply(
            balanced("b", families: ["IPv4", "IPv6"], created: "2026-01-31T12:00:01Z"))
        world.apply(balanced("c", created: "2026-01-31T12:00:02Z"))
        var ledger = try ledger("198.51.100.0/24", "fd98::1/128")
        #expect(Array(ledger.settle(&world).keys) == ["b"])
        #expect(world.ips("b") == [])
        #expect(world.ips("c") == ["198.51.100.1"])
    }

    @Test("with another type, or another pool, what was given is taken back, and no more than that")
    mutating func takenBack() throws {
        world.apply(balanced("a"))
        var other = balanced("other")
        other.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "203.0.113.7")])
        world.store(other)
        var first = try ledger("198.51.100.0/24")
        _ = first.settle(&world)
        #expect(world.ips("other") == ["203.0.113.7"])
        var second = try ledger("192.0.2.0/24")
        _ = second.settle(&world)
        #expect(world.ips("a") == ["192.0.2.1"])
        var third = try ledger("fd98::/112")
        #expect(Array(third.settle(&world).keys) == ["a"])
        #expect(world.ips("a") == [] && world.note("a") == nil)
        world.apply(web("other"))
        _ = third.settle(&world)
        #expect(world.ips("other") == ["203.0.113.7"], "it was not given here")
    }

    @Test("of classes only the one that is named is served")
    mutating func classes() throws {
        world.apply(balanced("plain"))
        world.apply(balanced("own", class: "sluice.io/balancer"))
        world.apply(balanced("foreign", class: "example.com/lb"))
        var headless = balanced("headless")
        headless.spec.clusterIP = "None"
        world.apply(headless)
        var classless = try ledger("198.51.100.0/24")
        _ = classless.settle(&world)
        var named = try ledger("198.51.100.0/24", class: "sluice.io/balancer")
        _ = named.settle(&world)
        #expect(world.ips("plain") == [], "the second writer is told that it is not its own")
        #expect(world.ips("own") == ["198.51.100.2"])
        #expect(world.ips("foreign") == [] && world.ips("headless") == [])
    }

    @Test("what others' statuses say is taken, and is not touched")
    mutating func others() throws {
        var cloud = balanced("cloud", class: "example.com/lb")
        cloud.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.1")])
        world.store(cloud)
        var proxied = balanced("proxied")
        proxied.status = ServiceStatus(
            ingress: [LoadBalancerIngress(ip: "198.51.100.2", ipMode: "Proxy")])
        world.store(proxied)
        world.apply(balanced("a"))
        let before = world.events.count
        var ledger = try ledger("198.51.100.0/24")
        #expect(ledger.settle(&world).isEmpty)
        #expect(world.ips("a") == ["198.51.100.3"])
        #expect(world.events.count == before + 1)
        #expect(world.services[key("proxied")]?.status == proxied.status)
    }

    @Test("of two that have one address, by a race, the older keeps it")
    mutating func race() throws {
        for (name, second) in [("younger", 2), ("older", 1)] {
            var service = balanced(name, created: "2026-01-31T12:00:0\(second)Z")
            service.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.1")])
            service.metadata.annotations = [WellKnown.allocatedAddresses: "198.51.100.1"]
            world.store(service)
        }
        var ledger = try ledger("198.51.100.0/24")
        #expect(ledger.settle(&world).isEmpty)
        #expect(world.ips("older") == ["198.51.100.1"])
        #expect(world.ips("younger") == ["198.51.100.2"])
    }

    @Test("a change of ports that takes away another's port costs the younger its address")
    mutating func collision() throws {
        world.apply(balanced("a", created: "2026-01-31T12:00:00Z"))
        var ledger = try ledger("198.51.100.0/24")
        _ = ledger.settle(&world)
        world.apply(
            balanced("b", port: 81, ip: "198.51.100.1", created: "2026-01-31T12:00:01Z"))
        #expect(ledger.settle(&world).isEmpty)
        #expect(world.ips("b") == ["198.51.100.1"])
        world.apply(balanced("b", ip: "198.51.100.1"))
        let refusals = ledger.settle(&world)
        #expect(
            refusals["b"]?.contains("already allocated, with one of these ports, to default/a")
                == true)
        #expect(world.ips("b") == [] && world.note("b") == nil)
        #expect(world.ips("a") == ["198.51.100.1"])
    }

    @Test("a Service that cannot be read keeps its address, and one that is being deleted its own")
    mutating func unreadable() throws {
        world.apply(balanced("a"))
        world.apply(balanced("b"))
        var ledger = try ledger("198.51.100.0/24")
        _ = ledger.settle(&world)
        let services = world.services
        ledger.keep(key("a"))
        var leaving = try #require(services[key("b")])
        leaving.metadata.deletionTimestamp = "2026-01-31T12:00:00Z"
        leaving.spec.type = "ClusterIP"
        ledger.replace([leaving, balanced("c", created: "2026-02-01T12:00:00Z")])
        #expect(ledger.takeUndecided().map(\.name) == ["b", "c"])
        #expect(ledger.decide(key("b")) == .nothing)
        guard case .write(let write) = ledger.decide(key("c")) else {
            Issue.record("c gets an address")
            return
        }
        #expect(write.ingress.map(\.ip) == ["198.51.100.3"])
    }

    @Test("an answer that the watch has overtaken changes nothing")
    mutating func overtaken() throws {
        world.apply(balanced("a"))
        var ledger = try ledger("198.51.100.0/24")
        ledger.replace(Array(world.services.values))
        let old = try #require(world.services[key("a")])
        world.apply(web("a"))
        ledger.upsert(try #require(world.services[key("a")]))
        ledger.learn(old)
        #expect(ledger.services[key("a")] == nil)
        world.delete(key("a"))
        ledger.delete(key("a"))
        ledger.learn(old)
        #expect(ledger.takeUndecided().isEmpty)
    }
}
