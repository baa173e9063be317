package import KubeAPI

/// The `/etc/hosts` that a pod gets: its own names, and those its `hostAliases` give.
package enum PodHosts {
    /// Characters of a host name, as the kernel and RFC 1123 limit a label.
    private static let hostnameCharacters = 63

    /// The file's text, line by line as the kubelet writes it.
    ///
    /// - Parameters:
    ///   - pod: whose file it is.
    ///   - zone: the cluster's domain, such as `cluster.local`.
    ///   - hostFile: the node's own `/etc/hosts`, which pods of the host's network get.
    /// - Returns: complete lines.
    package static func text(of pod: PodObject, zone: String, hostFile: String) -> String {
        let own: String
        if pod.spec.hostNetwork == true {
            let end = hostFile.isEmpty || hostFile.hasSuffix("\n") ? "" : "\n"
            own = "# Kubernetes-managed hosts file (host network).\n" + hostFile + end
        } else {
            own = (header + addresses(of: pod, zone: zone)).map { $0 + "\n" }.joined()
        }
        return own + aliases(of: pod)
    }

    /// What the pod calls itself: `hostname`, else its name, as much of it as a host name may have.
    package static func hostname(of pod: PodObject) -> String {
        let stated = pod.spec.hostname ?? ""
        var name = (stated.isEmpty ? pod.metadata.name ?? "" : stated).prefix(hostnameCharacters)
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        return String(name)
    }

    private static let header = [
        "# Kubernetes-managed hosts file.",
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "fe00::0\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
    ]

    /// With a subdomain the full name comes first: `hostname -f` takes the first name of a line.
    private static func addresses(of pod: PodObject, zone: String) -> [String] {
        let domain = zone.hasSuffix(".") ? String(zone.dropLast()) : zone
        let hostname = hostname(of: pod)
        var names = hostname
        if let subdomain = pod.spec.subdomain, !subdomain.isEmpty {
            names = "\(hostname).\(subdomain).\(pod.key.namespace).svc.\(domain)\t\(hostname)"
        }
        let listed = (pod.status.podIPs ?? []).compactMap(\.ip)
        let addresses = listed.isEmpty ? [pod.status.podIP].compactMap { $0 } : listed
        return addresses.map { "\($0)\t\(names)" }
    }

    private static func aliases(of pod: PodObject) -> String {
        guard let aliases = pod.spec.hostAliases, !aliases.isEmpty else { return "" }
        let lines = aliases.map { alias in
            ([alias.ip ?? ""] + (alias.hostnames ?? [])).joined(separator: "\t") + "\n"
        }
        return "\n# Entries added by HostAliases.\n" + lines.joined()
    }
}
