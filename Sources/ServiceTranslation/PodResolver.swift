package import Addressing
package import KubeAPI

/// The `resolv.conf` that a pod gets by its `dnsPolicy` and its `dnsConfig`.
package struct PodResolver: Hashable, Sendable {
    /// What the file says.
    package private(set) var settings: ResolverSettings
    /// What was cut off or replaced, and why.
    package private(set) var warnings: [String] = []

    /// Decides as the kubelet does.
    ///
    /// - Parameters:
    ///   - pod: whose file it is.
    ///   - zone: the cluster's domain, such as `cluster.local`.
    ///   - clusterServers: where the cluster's names are answered; without any, `ClusterFirst` is
    ///     as `Default`.
    ///   - host: what the node's own file says.
    package init(
        pod: PodObject, zone: String, clusterServers: [IPAddress], host: ResolverSettings
    ) {
        settings = host
        switch base(of: pod, hasClusterServers: !clusterServers.isEmpty) {
        case .nothing: settings = ResolverSettings()
        case .host: warnOfLoopback()
        case .cluster:
            let domain = zone.hasSuffix(".") ? String(zone.dropLast()) : zone
            settings.nameservers = clusterServers.map(\.description)
            settings.searches = Self.once(
                ["\(pod.key.namespace).svc.\(domain)", "svc.\(domain)", domain] + host.searches)
            settings.options = ["ndots:5"]
        }
        if let wishes = pod.spec.dnsConfig { add(wishes) }
        keepWithinLimits()
        if settings.nameservers.isEmpty {
            warnings.append("there is no nameserver: the resolver asks its own host")
        }
    }

    /// What a pod's settings begin with.
    private enum Base {
        case cluster
        case host
        case nothing
    }

    private mutating func base(of pod: PodObject, hasClusterServers: Bool) -> Base {
        let base: Base
        switch pod.spec.dnsPolicy {
        case "None": base = .nothing
        case "Default": base = .host
        case "ClusterFirstWithHostNet": base = .cluster
        case nil, "", "ClusterFirst": base = pod.spec.hostNetwork == true ? .host : .cluster
        case .some(let other):
            warnings.append("dnsPolicy \"\(other)\" is not known; ClusterFirst is used")
            base = .cluster
        }
        guard base == .cluster, !hasClusterServers else { return base }
        warnings.append(
            "no address of the cluster's DNS is known; dnsPolicy Default is used instead")
        return .host
    }

    /// A host's server on its loopback, such as that of systemd-resolved, cannot be reached from a
    /// pod's network.
    private mutating func warnOfLoopback() {
        for server in settings.nameservers where IPAddress(server)?.isLoopback == true {
            warnings.append(
                "the host's nameserver \(server) answers the host alone; give another file as "
                    + "--host-resolv-conf, such as /run/systemd/resolve/resolv.conf")
        }
    }

    /// Appends what the pod asks for; an option that is there already takes the pod's value.
    private mutating func add(_ wishes: PodDNSConfig) {
        settings.nameservers = Self.once(settings.nameservers + (wishes.nameservers ?? []))
        settings.searches = Self.once(settings.searches + (wishes.searches ?? []))
        for option in wishes.options ?? [] {
            guard let name = option.name, !name.isEmpty else { continue }
            let value = option.value ?? ""
            let text = value.isEmpty ? name : "\(name):\(value)"
            let known = settings.options.firstIndex { Self.name(ofOption: $0) == name[...] }
            if let known {
                settings.options[known] = text
            } else {
                settings.options.append(text)
            }
        }
    }

    private mutating func keepWithinLimits() {
        cut(\.nameservers, "nameservers", to: ResolverLimits.nameservers)
        cut(\.searches, "search domains", to: ResolverLimits.searches)
        for search in settings.searches where search.utf8.count > ResolverLimits.searchCharacters {
            warnings.append(
                "a search domain with more than \(ResolverLimits.searchCharacters) characters is "
                    + "left out: \(search.prefix(40))…")
        }
        settings.searches.removeAll { $0.utf8.count > ResolverLimits.searchCharacters }
        var kept = settings.searches
        while kept.joined(separator: " ").utf8.count > ResolverLimits.searchListCharacters {
            kept.removeLast()
        }
        cut(\.searches, "search domains", to: kept.count)
    }

    private mutating func cut(
        _ list: WritableKeyPath<ResolverSettings, [String]>, _ what: String, to limit: Int
    ) {
        let omitted = settings[keyPath: list].dropFirst(limit)
        guard !omitted.isEmpty else { return }
        warnings.append(
            "there are too many \(what), these are left out: " + omitted.joined(separator: " "))
        settings[keyPath: list] = Array(settings[keyPath: list].prefix(limit))
    }

    private static func name(ofOption text: String) -> Substring {
        text.prefix { $0 != ":" }
    }

    private static func once(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
