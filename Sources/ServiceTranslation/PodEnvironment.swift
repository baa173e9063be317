package import KubeAPI

/// The variables that a container is started with: those its pod states, and those that tell it of
/// the Services there were before it.
///
/// What the kubelet makes, in an order that depends on nothing but the objects: the pod's own
/// variables as they are written, then those of the Services in the order of their names.
package struct PodEnvironment: Hashable, Sendable {
    /// All variables; no name is there twice.
    package let variables: [PodVariable]
    /// Each Service the pod may be told of, and what was decided about it.
    package let links: [ServiceLink]
    /// What the container does not get, and why, beside the Services left out.
    package private(set) var remarks: [String] = []

    /// What a container of a pod is started with; without a container, any container of it.
    ///
    /// Pass the Services of the pod's namespace and `default/kubernetes`; others count for nothing.
    package init(pod: PodObject, container: PodContainer? = nil, services: [ServiceObject]) {
        let linked = LinkedPod(
            namespace: pod.key.namespace, created: pod.metadata.creationTimestamp,
            wantsLinks: pod.spec.enableServiceLinks ?? true)
        self.init(linked, stated: container?.env ?? [], pod: pod, services: services)
        remarks = (container?.envFrom ?? []).map(\.remark) + remarks
    }

    /// What a pod without variables of its own gets that is made in this namespace now.
    package init(namespace: String, services: [ServiceObject]) {
        self.init(
            LinkedPod(namespace: namespace, created: nil, wantsLinks: true), stated: [],
            pod: nil, services: services)
    }

    private init(
        _ linked: LinkedPod, stated: [EnvironmentVariable], pod: PodObject?,
        services: [ServiceObject]
    ) {
        let links = linked.links(to: services)
        self.links = links.map(\.link)
        var remarks: [String] = []
        let told = Self.variables(of: links, remarks: &remarks)
        let own = Self.variables(of: stated, pod: pod, told: told, remarks: &remarks)
        let names = Set(own.map(\.name))
        variables = own + told.filter { !names.contains($0.name) }
        self.remarks = remarks
    }

    /// The Services' variables.
    ///
    /// Where two Services make the same name (`web-service` and `web` both have
    /// `WEB_SERVICE_PORT`), the first one's stays.
    private static func variables(
        of links: [(link: ServiceLink, service: ServiceObject)], remarks: inout [String]
    ) -> [PodVariable] {
        var owners: [String: ServiceLink] = [:]
        var variables: [PodVariable] = []
        for (link, service) in links where link.outcome.isIncluded {
            let address = service.variableAddress ?? ""
            for variable in PodVariable.variables(of: service, address: address) {
                guard let owner = owners[variable.name] else {
                    owners[variable.name] = link
                    variables.append(variable)
                    continue
                }
                guard owner.service != link.service else { continue }
                remarks.append(
                    "\(variable.name) tells of \(owner.service), not of \(link.service), whose "
                        + "name makes the same variable")
            }
        }
        return variables
    }

    /// The pod's own variables: each may name those before it and those of the Services.
    private static func variables(
        of stated: [EnvironmentVariable], pod: PodObject?, told: [PodVariable],
        remarks: inout [String]
    ) -> [PodVariable] {
        var values = Dictionary(told.map { ($0.name, $0.value) }) { first, _ in first }
        var order: [String] = []
        for variable in stated {
            let value: String
            if let text = variable.value, !text.isEmpty {
                value = VariableExpansion.expanded(text) { values[String($0)] }
            } else if let source = variable.valueFrom {
                guard let found = pod.flatMap({ source.value(in: $0) }) else {
                    remarks.append(
                        "\(variable.name) is left out: its value comes from "
                            + (source.fieldRef?.fieldPath ?? "an object that is not known here"))
                    continue
                }
                value = found
            } else {
                value = ""
            }
            values[variable.name] = value
            order.removeAll { $0 == variable.name }
            order.append(variable.name)
        }
        return order.map { PodVariable($0, values[$0] ?? "") }
    }
}

extension EnvironmentBundle {
    /// What is said of variables that cannot be known here.
    fileprivate var remark: String {
        let object =
            secretRef.map { "Secret \($0.name ?? "")" }
            ?? configMapRef.map { "ConfigMap \($0.name ?? "")" } ?? "an object"
        return "the variables of \(object) (envFrom) are left out: it is not known here"
    }
}

extension EnvironmentSource {
    /// The value of the field that is referred to; nil where the pod does not have it.
    fileprivate func value(in pod: PodObject) -> String? {
        guard let path = fieldRef?.fieldPath else { return nil }
        let addresses = (pod.status.podIPs ?? []).compactMap(\.ip)
        switch path {
        case "metadata.name": return pod.metadata.name
        case "metadata.namespace": return pod.key.namespace
        case "metadata.uid": return pod.metadata.uid
        case "spec.nodeName": return pod.spec.nodeName
        case "spec.serviceAccountName": return pod.spec.serviceAccountName ?? "default"
        case "status.hostIP": return pod.status.hostIP
        case "status.podIP": return pod.status.podIP ?? addresses.first
        case "status.podIPs": return addresses.isEmpty ? nil : addresses.joined(separator: ",")
        default: break
        }
        // A label that the pod does not have is an empty value, as in the original.
        if let key = Self.key(path, of: "metadata.labels") {
            return pod.metadata.labels?[key] ?? ""
        }
        return Self.key(path, of: "metadata.annotations").map {
            pod.metadata.annotations?[$0] ?? ""
        }
    }

    /// The key in a path such as `metadata.labels['app']`.
    private static func key(_ path: String, of map: String) -> String? {
        let (start, end) = ("\(map)['", "']")
        guard path.hasPrefix(start), path.hasSuffix(end), path.count >= start.count + end.count
        else { return nil }
        return String(path.dropFirst(start.count).dropLast(end.count))
    }
}
