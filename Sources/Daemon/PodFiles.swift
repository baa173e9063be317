import Addressing
import Admission
import Foundation
import KubeAPI
import ServiceTranslation

/// What `sluice resolvconf` is told by flags.
package struct PodFilesSettings: Sendable {
    let pod: PodName
    let zone: String
    /// Where the cluster's names are answered; empty: as the Service of the cluster's DNS says.
    let clusterDNS: [IPAddress]
    let hostResolvConf: String

    /// Reads the flags.
    package init(
        pod: String?, zone: String, clusterDNS: [String], hostResolvConf: String
    ) throws(ConfigurationError) {
        guard let pod else {
            throw ConfigurationError("--pod", "is needed: NAMESPACE/NAME of a pod")
        }
        self.pod = try PodName(pod)
        self.zone = zone
        var addresses: [IPAddress] = []
        for text in clusterDNS.flatMap({ $0.split(separator: ",") }) {
            guard let address = IPAddress(text.filter { $0 != " " }) else {
                throw ConfigurationError(
                    "--cluster-dns", "\"\(text)\" is not an address; write 10.96.0.10")
            }
            addresses.append(address)
        }
        self.clusterDNS = addresses
        self.hostResolvConf = hostResolvConf
    }
}

/// The files that a pod finds names by: `/etc/resolv.conf` and `/etc/hosts`.
package struct PodFiles: Hashable, Sendable {
    /// The text of `resolv.conf`.
    package let resolvConf: String
    /// The text of `hosts`.
    package let hosts: String

    init(resolvConf: String, hosts: String) {
        self.resolvConf = resolvConf
        self.hosts = hosts
    }

    /// Reads the pod and the Service of the cluster's DNS, and this host's own files.
    ///
    /// What was cut off is said on standard error.
    package init(
        _ settings: PodFilesSettings, source: StateSource?, ranges: RangeSettings,
        common: CommonSettings
    ) async throws {
        self = try await ObjectSource.with(source, ranges: ranges, common: common) { source in
            let pod = try await source.pod(settings.pod)
            let resolver = PodResolver(
                pod: pod, zone: settings.zone,
                clusterServers: try await Self.servers(settings, source, ranges),
                host: ResolverSettings(parsing: Self.hostFile(settings.hostResolvConf)))
            for warning in resolver.warnings { ToolWarning.say("\(settings.pod): \(warning)") }
            let ownHosts = pod.spec.hostNetwork == true ? Self.hostFile("/etc/hosts") : ""
            return PodFiles(
                resolvConf: resolver.settings.text,
                hosts: PodHosts.text(of: pod, zone: settings.zone, hostFile: ownHosts))
        }
    }

    /// Both files as one JSON object.
    package func json() throws -> String {
        try JSONText.text(of: ["hosts": hosts, "resolv.conf": resolvConf])
    }

    /// Writes `resolv.conf` and `hosts` into a directory, which is made if it is not there.
    ///
    /// Each is there complete or not at all: a rename puts it in the place of an earlier one.
    package func write(to directory: String) throws(ToolFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            for (name, text) in [("resolv.conf", resolvConf), ("hosts", hosts)] {
                let file = "\(directory)/\(name)"
                let new = "\(directory)/.\(name).new"
                try Data(text.utf8).write(to: URL(fileURLWithPath: new))
                // Every user of a pod has to find names.
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: new)
                guard unsafe rename(new, file) == 0 else {
                    throw ToolFailure("\(file) cannot be replaced")
                }
            }
        } catch let failure as ToolFailure {
            throw failure
        } catch {
            throw ToolFailure("\(directory) cannot be written: \(error)")
        }
    }

    /// The addresses given, else those of the Service, else where that would be.
    private static func servers(
        _ settings: PodFilesSettings, _ source: ObjectSource, _ ranges: RangeSettings
    ) async throws -> [IPAddress] {
        guard settings.clusterDNS.isEmpty else { return settings.clusterDNS }
        let admission = try ranges.admission()
        let service = try await source.service(
            namespace: admission.dnsService.namespace, name: admission.dnsService.name)
        let stated = service?.spec.clusterIPs ?? service?.spec.clusterIP.map { [$0] } ?? []
        let addresses = stated.compactMap { IPAddress($0) }
        return addresses.isEmpty ? admission.dnsAddresses : addresses
    }

    private static func hostFile(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            ToolWarning.say("\(path) cannot be read; it counts as empty")
            return ""
        }
        return String(decoding: data, as: UTF8.self)
    }
}
