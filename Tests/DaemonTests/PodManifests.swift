import Foundation

@testable import Daemon

/// Manifests of a small cluster in a folder of their own, for tools that read them.
struct PodManifests: ~Copyable {
    let folder: String

    init(_ manifests: String = Self.cluster) throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-pods-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(manifests.utf8).write(to: URL(fileURLWithPath: "\(folder)/cluster.yaml"))
        try Data("nameserver 192.0.2.53\nsearch corp.example\n".utf8)
            .write(to: URL(fileURLWithPath: resolvConf))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var source: StateSource { .manifests(path: folder) }
    var resolvConf: String { "\(folder)/resolv.conf" }

    /// No state: every address is given out anew.
    var common: CommonSettings {
        CommonSettings(stateDirectory: "\(folder)/state", runtimeDirectory: "\(folder)/run")
    }

    static func ranges(clusterDNS: String = "nodes") throws -> RangeSettings {
        try RangeSettings(
            service: "10.96.0.0/12,fd96::/112", pods: "10.244.0.0/16", loadBalancerPools: "",
            clusterDNS: clusterDNS)
    }

    func environment(
        pod: String? = nil, namespace: String? = nil, container: String? = nil
    ) async throws -> PodEnvironmentTool {
        try await PodEnvironmentTool(
            EnvironmentSubject(pod: pod, namespace: namespace, container: container),
            source: source, ranges: Self.ranges(), common: common)
    }

    func files(
        pod: String?, clusterDNS: [String] = [], ranges: RangeSettings? = nil
    ) async throws -> PodFiles {
        let settings = try PodFilesSettings(
            pod: pod, zone: "cluster.local", clusterDNS: clusterDNS, hostResolvConf: resolvConf)
        return try await PodFiles(
            settings, source: source, ranges: ranges ?? Self.ranges(), common: common)
    }

    static let cluster = #"""
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.80
          ports: [{name: http, port: 80}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: quiet}
        spec: {clusterIP: None}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: other, namespace: shop}
        spec:
          clusterIP: 10.96.0.81
          ports: [{port: 8080, protocol: UDP}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: client}
        spec:
          hostname: first
          subdomain: peers
          containers:
          - name: app
            env:
            - {name: URL, value: "http://$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT_HTTP)/"}
            - {name: QUOTED, value: "it's \"$HOME\" `x`"}
          - name: side
            env:
            - {name: LINES, value: "one\ntwo"}
            - {name: not.a.name, value: "1"}
        status:
          podIPs: [{ip: 10.244.1.2}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: bare, namespace: shop}
        spec: {enableServiceLinks: false, dnsPolicy: Default}
        """#
}
