import Addressing
import Support
import Testing

@testable import Netfilter

@Suite("Interfaces, addresses and routes")
struct NetworkRouteTests {
    @Test("interfaces tell their name, hardware address and state")
    func interfaces() throws {
        let lab = try NetworkLab()
        var routes = try RouteSocket(inNamespace: lab.router)
        let interfaces = try routes.interfaces()
        #expect(Set(interfaces.map(\.name)) == ["lo", "far0", "silent0", "silent1"])
        #expect(interfaces.filter(\.isLoopback).map(\.name) == ["lo"])
        #expect(interfaces.first { $0.isLoopback }?.hardwareAddress == nil)

        let cable = try #require(try routes.interface(named: "far0"))
        let shown = try lab.onRouter("ip link show far0")
        #expect(shown.hasPrefix("\(cable.index): far0@"))
        #expect(shown.contains("link/ether \(try #require(cable.hardwareAddress)) "))
        #expect(cable.isUp)
        try lab.onRouter("ip link set far0 down")
        #expect(try routes.interface(named: "far0")?.isUp == false)
        #expect(try routes.interface(named: "far1") == nil)
    }

    @Test(
        "a VIP is added once, is the host's own, is known as ours, and goes again",
        arguments: ["203.0.113.11", "fd00:203::11"])
    func virtualAddress(text: String) throws {
        let lab = try NetworkLab()
        let virtual = try address(text)
        var routes = try RouteSocket(inNamespace: lab.router)
        let cable = try #require(try routes.interface(named: "far0"))
        let before = Set(try routes.addresses())
        #expect(before.allSatisfy { !$0.isOurs })
        #expect(try !routes.isLocal(virtual))

        #expect(try routes.addAddress(virtual, to: cable))
        #expect(try !routes.addAddress(virtual, to: cable))
        #expect(try eventually { try routes.isLocal(virtual) })
        let ours = try routes.addresses().filter(\.isOurs)
        #expect(
            ours == [
                InterfaceAddress(
                    address: virtual, prefixLength: virtual.family.addressBits,
                    interfaceIndex: cable.index, isOurs: true)
            ])

        #expect(try routes.removeAddress(ours[0]))
        #expect(try !routes.removeAddress(ours[0]))
        #expect(try !routes.isLocal(virtual))
        #expect(Set(try routes.addresses()) == before)
    }

    @Test("somebody else's address is not taken for ours")
    func othersAddress() throws {
        let lab = try NetworkLab()
        var routes = try RouteSocket(inNamespace: lab.router)
        let cable = try #require(try routes.interface(named: "far0"))
        #expect(try !routes.addAddress(address("203.0.113.1"), prefixLength: 24, to: cable))
        #expect(try routes.addresses().filter(\.isOurs).isEmpty)
    }

    @Test(
        "a VIP serves at once and is never the source of the host's own packets",
        arguments: [
            ("203.0.113.11", "203.0.113.10", "203.0.113.1"),
            // ::10 has a longer prefix in common with ::11 than with the host's own ::1.
            ("fd00:203::11", "fd00:203::10", "fd00:203::1"),
        ])
    func neverTheSource(text: String, client: String, own: String) throws {
        let lab = try NetworkLab()
        let virtual = try address(text)
        let port = try #require(Port(80))
        var routes = try RouteSocket(inNamespace: lab.router)
        let cable = try #require(try routes.interface(named: "far0"))
        #expect(try routes.addAddress(virtual, to: cable))

        // An address that still waits for duplicates could not be bound.
        let server = try NetworkTestSocket(.tcp, virtual.family, in: lab.router)
        try server.serve(SocketEndpoint(address: virtual, port: port), .tcp)
        #expect(try lab.onRouter("ip route get \(client)").contains("src \(own) "))
    }

    @Test(
        "the service route is found, listed and removed, and no other is ours",
        arguments: [
            ("10.96.0.0/12", "203.0.113.10", "scope link src 203.0.113.10"),
            ("fd00:96::/108", "fd00:203::10", "src fd00:203::10"),
        ])
    func serviceRoute(block: String, source: String, shown: String) throws {
        let lab = try NetworkLab()
        var routes = try RouteSocket(inNamespace: lab.client)
        let cable = try #require(try routes.interface(named: "near0"))
        let route = try route(block, through: cable, from: source)
        let destination = route.destination
        #expect(try routes.serviceRoutes().isEmpty)
        #expect(try !routes.hasRoute(to: destination.last))

        #expect(try routes.addRoute(route))
        #expect(try !routes.addRoute(route))
        #expect(try routes.hasRoute(to: destination.last))
        #expect(try routes.serviceRoutes() == [route])
        let family = destination.family == .v4 ? "-4" : "-6"
        let text = try lab.onClient("ip \(family) route show proto 120")
        #expect(text.hasPrefix("\(block) dev near0 "))
        #expect(text.contains(shown))

        #expect(try routes.removeRoute(route))
        #expect(try !routes.removeRoute(route))
        #expect(try routes.serviceRoutes().isEmpty)
    }

    @Test("a route of somebody else to the same range is neither replaced nor removed")
    func othersRoute() throws {
        let lab = try NetworkLab()
        var routes = try RouteSocket(inNamespace: lab.client)
        let cable = try #require(try routes.interface(named: "near0"))
        let route = try route("198.51.100.0/24", through: cable, from: "203.0.113.10")
        #expect(try !routes.addRoute(route))
        #expect(try !routes.removeRoute(route))
        #expect(try routes.hasRoute(to: address("198.51.100.1")))
        #expect(try routes.serviceRoutes().isEmpty)
    }

    @Test("a route that discards is no route", arguments: ["blackhole", "unreachable", "prohibit"])
    func discardingRoute(kind: String) throws {
        let lab = try NetworkLab()
        try lab.onClient("ip route add \(kind) 10.96.0.0/12")
        try lab.onClient("ip route add \(kind) fd00:96::/108")
        var routes = try RouteSocket(inNamespace: lab.client)
        #expect(try !routes.hasRoute(to: address("10.96.0.1")))
        #expect(try !routes.hasRoute(to: address("fd00:96::1")))
        #expect(try routes.hasRoute(to: address("203.0.113.10")))
    }

    @Test("a source that the host does not have is refused in words")
    func foreignSource() throws {
        let lab = try NetworkLab()
        var routes = try RouteSocket(inNamespace: lab.client)
        let cable = try #require(try routes.interface(named: "near0"))
        let route = try route("10.96.0.0/12", through: cable, from: "192.0.2.1")
        let error = #expect(throws: NetworkError.self) { try routes.addRoute(route) }
        #expect(error?.operation == .addRoute)
        #expect(error?.subject == "10.96.0.0/12 from 192.0.2.1")
        let mixed = ServiceRoute(
            destination: route.destination, interfaceIndex: 1, source: try address("::1"))
        #expect(mixed == nil)
    }

    private func route(
        _ block: String, through interface: NetworkInterface, from source: String
    ) throws -> ServiceRoute {
        let destination = try #require(CIDRBlock(block))
        let source = try address(source)
        return try #require(
            ServiceRoute(
                destination: destination, interfaceIndex: interface.index, source: source))
    }
}
