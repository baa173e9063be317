import KubeAPI
import ServiceTranslation
import Testing

/// Behaviour 184: what a pod's `/etc/hosts` says.
@Suite struct PodHostsTests {
    private static let loopback = """
        # Kubernetes-managed hosts file.
        127.0.0.1\tlocalhost
        ::1\tlocalhost ip6-localhost ip6-loopback
        fe00::0\tip6-localnet
        fe00::0\tip6-mcastprefix
        fe00::1\tip6-allnodes
        fe00::2\tip6-allrouters

        """

    private func hosts(_ change: (inout PodObject) -> Void = { _ in }) -> String {
        var pod = PodObject(
            metadata: ObjectMeta(name: "web-1", namespace: "shop"),
            status: PodStatus(podIPs: ["10.244.1.2", "fd44:0:0:1::2"]))
        change(&pod)
        return PodHosts.text(
            of: pod, zone: "cluster.local", hostFile: "127.0.0.1 localhost\n192.168.50.1 node1")
    }

    @Test("184: the pod's name is found at each of its addresses")
    func name() {
        #expect(hosts() == Self.loopback + "10.244.1.2\tweb-1\nfd44:0:0:1::2\tweb-1\n")
    }

    @Test("184: with a subdomain the full name comes first")
    func subdomain() {
        let text = hosts {
            $0.spec.hostname = "first"
            $0.spec.subdomain = "peers"
        }
        #expect(
            text == Self.loopback
                + "10.244.1.2\tfirst.peers.shop.svc.cluster.local\tfirst\n"
                + "fd44:0:0:1::2\tfirst.peers.shop.svc.cluster.local\tfirst\n")
    }

    @Test("a host name alone is the short name")
    func hostname() {
        #expect(hosts { $0.spec.hostname = "first" }.contains("10.244.1.2\tfirst\n"))
    }

    @Test("a name too long for a host is cut, and does not end in a dash or a dot")
    func longName() {
        var pod = PodObject(metadata: ObjectMeta(name: String(repeating: "a", count: 62) + "-.b"))
        #expect(PodHosts.hostname(of: pod) == String(repeating: "a", count: 62))
        pod.metadata.name = String(repeating: "a", count: 63)
        #expect(PodHosts.hostname(of: pod).count == 63)
    }

    @Test("a pod without an address yet has the loopback's lines")
    func withoutAddress() {
        #expect(hosts { $0.status = PodStatus() } == Self.loopback)
    }

    @Test("hostAliases come last, one line an address")
    func aliases() {
        let text = hosts {
            $0.spec.hostAliases = [
                HostAlias(ip: "192.0.2.1", hostnames: ["db", "db.example"]),
                HostAlias(ip: "192.0.2.2", hostnames: ["cache"]),
            ]
        }
        #expect(
            text.hasSuffix(
                "web-1\n\n# Entries added by HostAliases.\n192.0.2.1\tdb\tdb.example\n"
                    + "192.0.2.2\tcache\n"))
    }

    @Test("a pod of the host's network gets the host's file, and its aliases")
    func hostNetwork() {
        let text = hosts {
            $0.spec.hostNetwork = true
            $0.spec.hostAliases = [HostAlias(ip: "192.0.2.2", hostnames: ["cache"])]
        }
        #expect(
            text == """
                # Kubernetes-managed hosts file (host network).
                127.0.0.1 localhost
                192.168.50.1 node1

                # Entries added by HostAliases.
                192.0.2.2\tcache

                """)
    }
}
