/// Labels and annotations that Kubernetes gives a meaning.
package enum WellKnown {
    /// On a slice: the name of its Service.
    package static let serviceName = "kubernetes.io/service-name"
    /// On a slice: who keeps it.
    package static let managedBy = "endpointslice.kubernetes.io/managed-by"
    /// The value of `managedBy` for slices made from a selector.
    package static let endpointSliceController = "endpointslice-controller.k8s.io"
    /// The value of `managedBy` for slices mirrored from Endpoints made by hand.
    package static let endpointSliceMirroringController =
        "endpointslicemirroring-controller.k8s.io"
    /// The value of `managedBy` for slices made from the nodes.
    package static let nodeEndpointController = "node-endpoints.sluice"
    /// On any object: the program that made it.
    package static let madeBy = "app.kubernetes.io/managed-by"
    /// The value of `madeBy` on objects that are there without a manifest.
    package static let sluice = "sluice"
    /// On the cluster's DNS: how others find it.
    package static let application = "k8s-app"
    /// On Endpoints: do not mirror them to slices.
    package static let skipMirror = "endpointslice.kubernetes.io/skip-mirror"
    /// On Endpoints and slices: who keeps the Endpoints.
    package static let endpointsManagedBy = "endpoints.kubernetes.io/managed-by"
    /// On a Service: another proxy than ours serves it.
    package static let serviceProxyName = "service.kubernetes.io/service-proxy-name"
    /// On a Service, Endpoints or slice: there is no ClusterIP to serve.
    package static let headless = "service.kubernetes.io/headless"
    /// On a Service: `Auto` asks for topology hints.
    package static let topologyMode = "service.kubernetes.io/topology-mode"
    /// On Endpoints: there were more addresses than the object may hold.
    package static let overCapacity = "endpoints.kubernetes.io/over-capacity"
    /// On Endpoints and slices: the time of the change that led to the last update.
    package static let lastChangeTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time"
    /// On a Node: its zone.
    package static let zone = "topology.kubernetes.io/zone"
    /// On a Node: its zone, in the older spelling.
    package static let legacyZone = "failure-domain.beta.kubernetes.io/zone"
    /// On a Node: its host name.
    package static let hostname = "kubernetes.io/hostname"
    /// On a Node: external load balancers leave it out.
    package static let excludeFromLoadBalancers =
        "node.kubernetes.io/exclude-from-external-load-balancers"
    /// On a Node, as a taint: the cluster autoscaler is about to delete it.
    package static let toBeDeletedTaint = "ToBeDeletedByClusterAutoscaler"
    /// What the names of our own annotations begin with.
    package static let ownPrefix = "sluice.io/"
    /// On a Service: which addresses of its status Sluice gave it, with commas between them.
    package static let allocatedAddresses = "sluice.io/allocated-addresses"
    /// On a Service: its load balancer is still to be cleaned up.
    package static let loadBalancerFinalizer = "service.kubernetes.io/load-balancer-cleanup"
}

extension WellKnown {
    /// Our own annotations of an object, without their prefix: `check`, `balancer-state`.
    package static func notes(in metadata: ObjectMeta) -> [String: String] {
        var notes: [String: String] = [:]
        for (name, text) in metadata.annotations ?? [:] where name.hasPrefix(ownPrefix) {
            notes[String(name.dropFirst(ownPrefix.count))] = text
        }
        return notes
    }
}
