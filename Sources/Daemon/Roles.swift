import APIClient
import Addressing
import DNSServer
import LoadBalancer
import NodeProxy
import ServiceLifecycle

/// The long-running roles: each gathers its services and runs them until it is stopped.
package enum Roles {
    /// `sluice api`: serves objects from manifests.
    package static func api(_ settings: APISettings, common: CommonSettings) async throws {
        let context = try RoleContext(role: "api", common: common, metricsHelp: [:])
        try await context.run(try APIRole(settings, context: context).services)
    }

    /// `sluice proxy`: programs a node.
    package static func proxy(_ settings: ProxySettings, common: CommonSettings) async throws {
        try RoleContext.requireRoot("proxy")
        let context = try RoleContext(
            role: "proxy", common: common, metricsHelp: ProxyRole.metricsHelp)
        try await context.run(reading: try APITarget.named(by: settings.source)) {
            try ProxyRole(settings, client: $0, context: context).services
        }
    }

    /// `sluice balancer`: steers VIPs to healthy nodes.
    package static func balancer(
        _ settings: BalancerSettings, common: CommonSettings
    ) async throws {
        try RoleContext.requireRoot("balancer")
        let context = try RoleContext(
            role: "balancer", common: common, metricsHelp: BalancerMetrics.help)
        try await context.run(
            reading: try APITarget.named(by: settings.source)
        ) {
            try BalancerRole(settings, client: $0, context: context).services
        }
    }

    /// `sluice dns`: answers names; an ordinary user may run it at a port above 1023.
    package static func dns(
        _ settings: DNSSettings, source: APISource?, pages: DNSPages, common: CommonSettings
    ) async throws {
        let context = try RoleContext(
            role: "dns", common: common, metricsHelp: DNSServer.metricsHelp)
        try await context.run(reading: try APITarget.named(by: source)) {
            DNSRole(settings, client: $0, context: context).services(pages, context: context)
        }
    }

    /// `sluice run`: an API, and a proxy and a name server that follow it over loopback, in one
    /// process.
    package static func everything(
        _ api: APISettings, _ proxy: ProxySettings, _ dns: DNSSettings?, common: CommonSettings
    ) async throws {
        try RoleContext.requireRoot("run")
        let context = try RoleContext(
            role: "run", insteadOf: ["proxy"] + (dns == nil ? [] : ["dns"]), common: common,
            metricsHelp: ProxyRole.metricsHelp.merging(DNSServer.metricsHelp) { own, _ in own })
        let source = APISource.url("http://\(api.listen.reachableFromHere)")
        try await context.run(reading: try APITarget.named(by: source)) {
            try APIRole(api, context: context).services
                + ProxyRole(proxy, client: $0, context: context).services
                + Self.nameServer(dns, client: $0, context: context)
        }
    }
}

extension Roles {
    /// The name server beside other roles, if there is to be one.
    private static func nameServer(
        _ settings: DNSSettings?, client: APIClient, context: RoleContext
    ) -> [any Service] {
        settings.map { DNSRole($0, client: client, context: context).services } ?? []
    }
}

extension ListenAddress {
    /// Where this host's own processes reach the listener.
    var reachableFromHere: SocketEndpoint {
        let loopback = IPAddress.v4(IPv4Address(rawValue: 0x7f00_0001))
        guard let address, !address.isUnspecified else {
            return SocketEndpoint(address: loopback, port: port)
        }
        return SocketEndpoint(address: address, port: port)
    }
}
