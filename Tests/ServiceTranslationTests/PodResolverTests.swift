import Addressing
import KubeAPI
import ServiceTranslation
import Testing

/// Behaviours 189 and 190: what a pod's `resolv.conf` says.
@Suite struct PodResolverTests {
    private let host = ResolverSettings(
        parsing: """
            # the node's own
            nameserver 192.0.2.53
            nameserver 192.0.2.54
            search old.example
            search corp.example. example
            options timeout:1
            options rotate ndots:2
            sortlist 192.0.2.0
            """)

    private func resolver(
        _ policy: String?, servers: [String] = ["10.96.0.10"], zone: String = "cluster.local",
        _ change: (inout PodSpec) -> Void = { _ in }
    ) -> PodResolver {
        var pod = PodObject(metadata: ObjectMeta(name: "client", namespace: "shop"))
        pod.spec.dnsPolicy = policy
        change(&pod.spec)
        return PodResolver(
            pod: pod, zone: zone, clusterServers: servers.compactMap { IPAddress($0) },
            host: host)
    }

    @Test("a host's file is read: the last search and options lines count, unknown ones do not")
    func parsing() {
        #expect(
            host
                == ResolverSettings(
                    nameservers: ["192.0.2.53", "192.0.2.54"],
                    searches: ["corp.example", "example"], options: ["rotate", "ndots:2"]))
        #expect(ResolverSettings(parsing: host.text) == host)
        #expect(ResolverSettings(parsing: "") == ResolverSettings())
    }

    @Test("190: ClusterFirst, also when nothing is said", arguments: ["ClusterFirst", nil])
    func clusterFirst(policy: String?) {
        let resolver = resolver(policy, servers: ["10.96.0.10", "fd96::a"])
        #expect(
            resolver.settings.text == """
                search shop.svc.cluster.local svc.cluster.local cluster.local corp.example example
                nameserver 10.96.0.10
                nameserver fd96::a
                options ndots:5

                """)
        #expect(resolver.warnings.isEmpty)
    }

    @Test("190: Default is the host's own file")
    func hostsOwn() {
        #expect(resolver("Default").settings == host)
    }

    @Test("190: on the host's network ClusterFirst is Default, ClusterFirstWithHostNet is not")
    func hostNetwork() {
        #expect(resolver("ClusterFirst") { $0.hostNetwork = true }.settings == host)
        let resolver = resolver("ClusterFirstWithHostNet") { $0.hostNetwork = true }
        #expect(resolver.settings.nameservers == ["10.96.0.10"])
        #expect(resolver.settings.options == ["ndots:5"])
    }

    @Test("190: None has what dnsConfig says and nothing else")
    func nothing() {
        let resolver = resolver("None") {
            $0.dnsConfig = PodDNSConfig()
            $0.dnsConfig?.nameservers = ["1.1.1.1"]
            $0.dnsConfig?.searches = ["resolv.conf.local"]
            $0.dnsConfig?.options = [PodDNSOption(name: "ndots", value: "2")]
        }
        #expect(
            resolver.settings.text
                == "search resolv.conf.local\nnameserver 1.1.1.1\noptions ndots:2\n")
        #expect(resolver.warnings.isEmpty)
    }

    @Test("190: None without nameservers is said to resolve nothing")
    func nothingAtAll() {
        #expect(resolver("None").settings.text.isEmpty)
        #expect(resolver("None").warnings.count == 1)
    }

    @Test("189: dnsConfig is appended once, and its options take the place of others")
    func merging() {
        let resolver = resolver(nil) {
            $0.dnsConfig = PodDNSConfig()
            $0.dnsConfig?.nameservers = ["10.96.0.10", "1.1.1.1"]
            $0.dnsConfig?.searches = ["example", "extra.example"]
            $0.dnsConfig?.options = [
                PodDNSOption(name: "ndots", value: "2"), PodDNSOption(name: "edns0"),
            ]
        }
        #expect(
            resolver.settings.text == """
                search shop.svc.cluster.local svc.cluster.local cluster.local corp.example example \
                extra.example
                nameserver 10.96.0.10
                nameserver 1.1.1.1
                options ndots:2 edns0

                """)
    }

    @Test("the zone is the cluster's, with or without a dot at its end")
    func zone() {
        #expect(
            resolver(nil, zone: "lab.test.").settings.searches.prefix(3)
                == ["shop.svc.lab.test", "svc.lab.test", "lab.test"])
    }

    @Test("without a cluster's server ClusterFirst is Default, and that is said")
    func withoutServer() {
        let resolver = resolver(nil, servers: [])
        #expect(resolver.settings == host)
        #expect(resolver.warnings.count == 1)
    }

    @Test("three nameservers are kept, more are named in a warning")
    func nameserverLimit() {
        let servers = ["10.96.0.10", "10.96.0.11", "10.96.0.12"]
        #expect(resolver(nil, servers: servers).warnings.isEmpty)
        let beyond = resolver(nil, servers: servers + ["10.96.0.13"])
        #expect(beyond.settings.nameservers == servers)
        #expect(beyond.warnings.first?.hasSuffix(" 10.96.0.13") == true)
    }

    @Test("32 search domains are kept", arguments: [27, 28])
    func searchLimit(more: Int) {
        let resolver = resolver(nil) {
            $0.dnsConfig = PodDNSConfig()
            $0.dnsConfig?.searches = (0..<more).map { "s\($0)" }
        }
        #expect(resolver.settings.searches.count == 32)
        #expect(resolver.warnings.isEmpty == (more == 27))
    }

    @Test("2048 characters of the search list are kept", arguments: [0, 1])
    func searchLengthLimit(more: Int) {
        let resolver = resolver("None") {
            $0.dnsConfig = PodDNSConfig()
            $0.dnsConfig?.nameservers = ["1.1.1.1"]
            // Eight domains of 227 characters with their blanks, and one of 224 or 225.
            $0.dnsConfig?.searches =
                (0..<8).map { "\($0)" + String(repeating: "a", count: 226) }
                + [String(repeating: "b", count: 224 + more)]
        }
        #expect(resolver.settings.searches.count == 9 - more)
        #expect(resolver.warnings.count == more)
    }

    @Test("a search domain longer than a name may be is left out", arguments: [253, 254])
    func searchCharacterLimit(count: Int) {
        let resolver = resolver(nil) {
            $0.dnsConfig = PodDNSConfig()
            $0.dnsConfig?.searches = [String(repeating: "a", count: count)]
        }
        #expect(resolver.settings.searches.count == (count == 253 ? 6 : 5))
        #expect(resolver.warnings.isEmpty == (count == 253))
    }

    @Test("a host's server on its own loopback is warned of")
    func loopback() {
        var pod = PodObject(metadata: ObjectMeta(name: "client"))
        pod.spec.dnsPolicy = "Default"
        let resolver = PodResolver(
            pod: pod, zone: "cluster.local", clusterServers: [],
            host: ResolverSettings(nameservers: ["127.0.0.53"]))
        #expect(resolver.settings.nameservers == ["127.0.0.53"])
        #expect(resolver.warnings.first?.contains("--host-resolv-conf") == true)
    }
}
