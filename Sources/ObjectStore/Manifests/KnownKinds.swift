/// Kinds that a folder of manifests may well hold and that Sluice has no use for.
enum KnownKinds {
    /// Kubernetes' own kinds; anything else is more likely a typing error or a custom resource.
    private static let harmless: Set<String> = [
        "APIService", "Binding", "CSIDriver", "ClusterRole", "ClusterRoleBinding", "ConfigMap",
        "ControllerRevision", "CronJob", "CustomResourceDefinition", "DaemonSet", "Deployment",
        "Event", "FlowSchema", "HorizontalPodAutoscaler", "IPAddress", "Ingress", "IngressClass",
        "Job", "Lease", "LimitRange", "MutatingWebhookConfiguration", "Namespace",
        "NetworkPolicy", "PersistentVolume", "PersistentVolumeClaim", "PodDisruptionBudget",
        "PodTemplate", "PriorityClass", "PriorityLevelConfiguration", "ReplicaSet",
        "ReplicationController", "ResourceQuota", "Role", "RoleBinding", "RuntimeClass",
        "Secret", "ServiceAccount", "ServiceCIDR", "StatefulSet", "StorageClass",
        "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration", "VolumeAttachment",
    ]

    /// Whether a document of this kind is left out without an error.
    static func isHarmless(_ kind: String) -> Bool { harmless.contains(kind) }
}
