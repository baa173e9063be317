import KubeAPI

extension NodeObject {
    /// What the cluster autoscaler puts on a Node that it takes away.
    private static let goingTaint = "ToBeDeletedByClusterAutoscaler"

    /// Whether the node is being deleted, so that balancers should send no more connections.
    var isGoing: Bool {
        metadata.deletionTimestamp != nil
            || spec.taints?.contains { $0.key == Self.goingTaint } ?? false
    }
}
