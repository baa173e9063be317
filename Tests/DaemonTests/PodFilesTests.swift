import Foundation
import Testing

@testable import Daemon

@Suite("sluice resolvconf")
struct PodFilesTests {
    private static func resolvConf(_ servers: String...) -> String {
        "search default.svc.cluster.local svc.cluster.local cluster.local corp.example\n"
            + servers.map { "nameserver \($0)\n" }.joined() + "options ndots:5\n"
    }

    private static let ownDNS = """

        ---
        apiVersion: v1
        kind: Service
        metadata: {name: kube-dns, namespace: kube-system}
        spec:
          clusterIP: 10.96.0.53
          ports: [{name: dns, port: 53, protocol: UDP}]
        """

    @Test("190: a pod asks the DNS service, at its address of each family")
    func builtIn() async throws {
        let files = try await PodManifests().files(pod: "default/client")
        #expect(files.resolvConf == Self.resolvConf("10.96.0.10", "fd96::a"))
    }

    @Test("the address is that of the DNS service there is, else where it would be")
    func addresses() async throws {
        let own = try PodManifests(PodManifests.cluster + Self.ownDNS)
        #expect(
            try await own.files(pod: "client").resolvConf == Self.resolvConf("10.96.0.53"))
        let none = try await PodManifests().files(
            pod: "client", ranges: PodManifests.ranges(clusterDNS: "off"))
        #expect(none.resolvConf == Self.resolvConf("10.96.0.10", "fd96::a"))
        let given = try await own.files(pod: "client", clusterDNS: ["192.0.2.1, 192.0.2.2", "::2"])
        #expect(given.resolvConf == Self.resolvConf("192.0.2.1", "192.0.2.2", "::2"))
    }

    @Test("190: dnsPolicy Default is the host's file")
    func hostsOwn() async throws {
        let files = try await PodManifests().files(pod: "shop/bare")
        #expect(files.resolvConf == "search corp.example\nnameserver 192.0.2.53\n")
    }

    @Test("184: the pod's full name is in its hosts")
    func hosts() async throws {
        let files = try await PodManifests().files(pod: "default/client")
        #expect(
            files.hosts.hasSuffix(
                "10.244.1.2\tfirst.peers.default.svc.cluster.local\tfirst\n"))
    }

    @Test("both files are written, for everybody to read, over earlier ones")
    func writing() async throws {
        let manifests = try PodManifests()
        let files = try await manifests.files(pod: "client")
        let directory = "\(manifests.folder)/etc/netns/pod"
        try PodFiles(resolvConf: "old\n", hosts: "old\n").write(to: directory)
        try files.write(to: directory)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.sorted() == ["hosts", "resolv.conf"])
        #expect(
            try String(contentsOfFile: "\(directory)/resolv.conf", encoding: .utf8)
                == files.resolvConf)
        #expect(
            try String(contentsOfFile: "\(directory)/hosts", encoding: .utf8) == files.hosts)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/hosts")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o644)
    }

    @Test("a directory that cannot be is a failure that names it")
    func unwritable() throws {
        let failure = #expect(throws: ToolFailure.self) {
            try PodFiles(resolvConf: "", hosts: "").write(to: "/dev/null/pod")
        }
        #expect(failure?.message?.hasPrefix("/dev/null/pod cannot be written") == true)
    }

    @Test("JSON has both files")
    func json() async throws {
        let files = try await PodManifests().files(pod: "client")
        let object = try JSONDecoder().decode(
            [String: String].self, from: Data(try files.json().utf8))
        #expect(object == ["hosts": files.hosts, "resolv.conf": files.resolvConf])
    }

    @Test("a pod is needed, and addresses are addresses")
    func flags() {
        for (pod, addresses) in [(nil, []), ("a/b", ["dns.example"])] as [(String?, [String])] {
            #expect(throws: ConfigurationError.self) {
                try PodFilesSettings(
                    pod: pod, zone: "cluster.local", clusterDNS: addresses,
                    hostResolvConf: "/etc/resolv.conf")
            }
        }
    }
}
