package import Addressing
package import Admission
import KubeAPI

/// Objects that are there without a manifest; one of the same name takes their place.
package enum BuiltInObjects {
    /// The Service `default/kubernetes`, at the first service address, in front of the API.
    ///
    /// Its endpoints are the addresses that others can reach the API at; there may be none.
    package static func kubernetesService(
        api: [SocketEndpoint], configuration: AdmissionConfiguration
    ) -> [ManifestObject] {
        let name = configuration.apiService.name
        let port = ServicePortObject(
            name: "https", protocol: "TCP", port: 443,
            targetPort: .int(api.first.map { Int($0.port.rawValue) } ?? 443))
        let metadata = ObjectMeta(
            name: name, namespace: configuration.apiService.namespace,
            labels: ["component": "apiserver", "provider": "kubernetes"])
        var spec = ServiceSpec(type: "ClusterIP", ports: [port])
        spec.clusterIP = configuration.serviceBlocks[0].address(at: 1)?.description
        let service = ServiceObject(metadata: metadata, spec: spec)
        let endpoints = EndpointsObject(metadata: metadata, subsets: subsets(api))
        let objects = [ClusterObject.service(service), .endpoints(endpoints)]
        return objects.map(manifest)
    }

    /// The Service `kube-system/kube-dns`, at the tenth service address, in front of the nodes' DNS
    /// servers.
    ///
    /// Its endpoints are the nodes, which `ClusterController` keeps; a pod asks its own node first.
    package static func dnsService(configuration: AdmissionConfiguration) -> [ManifestObject] {
        let name = configuration.dnsService.name
        let metadata = ObjectMeta(
            name: name, namespace: configuration.dnsService.namespace,
            labels: [
                WellKnown.application: name, WellKnown.madeBy: WellKnown.sluice,
                "kubernetes.io/cluster-service": "true",
            ])
        var spec = ServiceSpec(
            type: "ClusterIP",
            ports: [
                ServicePortObject(name: "dns", protocol: "UDP", port: 53, targetPort: .int(53)),
                ServicePortObject(name: "dns-tcp", protocol: "TCP", port: 53, targetPort: .int(53)),
            ])
        let addresses = configuration.dnsAddresses.map(\.description)
        spec.clusterIP = addresses.first
        spec.clusterIPs = addresses.isEmpty ? nil : addresses
        spec.ipFamilyPolicy = "PreferDualStack"
        spec.trafficDistribution = "PreferSameNode"
        return [manifest(.service(ServiceObject(metadata: metadata, spec: spec)))]
    }

    private static func manifest(_ object: ClusterObject) -> ManifestObject {
        ManifestObject(
            object: object, origin: ManifestOrigin(file: "built-in", line: 1, items: []))
    }

    private static func subsets(_ api: [SocketEndpoint]) -> [EndpointSubset]? {
        let reachable = api.filter { !$0.address.isLoopback && !$0.address.isUnspecified }
        guard let port = reachable.first?.port else { return nil }
        return [
            EndpointSubset(
                addresses: reachable.filter { $0.port == port }
                    .map { EndpointAddress(ip: $0.address.description) },
                ports: [
                    EndpointPortObject(
                        name: "https", protocol: "TCP", port: Int(port.rawValue))
                ])
        ]
    }
}
