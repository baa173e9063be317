import Addressing
import KubeAPI

/// Which families a Service gets addresses of, and in which order.
struct ServiceFamilies: Hashable {
    let families: [IPFamily]
    let policy: String

    /// Decides from what the Service states and what the cluster has, the primary family first;
    /// nil families mean that the problems say why it cannot be.
    ///
    /// A headless Service without a selector may have endpoints of any family, whatever the
    /// cluster has, so it gets both unless it asks for one.
    static func resolve(
        _ spec: ServiceSpec, configured: [IPFamily], problems: inout ProblemList
    ) -> ServiceFamilies {
        var families = (spec.ipFamilies ?? []).compactMap(IPFamily.init(kubernetes:))
        for text in spec.statedClusterIPs.dropFirst(families.count) {
            if let address = IPAddress(text) { families.append(address.family) }
        }
        let hasAnyEndpoints = spec.isHeadless && !spec.hasSelector
        let isDual = families.count > 1 || hasAnyEndpoints
        let policy = spec.ipFamilyPolicy ?? (isDual ? "RequireDualStack" : "SingleStack")
        if families.isEmpty { families = [configured[0]] }

        if !hasAnyEndpoints {
            if policy == "RequireDualStack", configured.count < 2 {
                problems.add(
                    "spec.ipFamilyPolicy", .invalid, value: policy.quoted,
                    "this cluster is not configured for dual-stack services; use PreferDualStack "
                        + "or add a service CIDR of the other family")
            }
            for (index, family) in families.enumerated() where !configured.contains(family) {
                problems.invalid(
                    "spec.ipFamilies[\(index)]", family.kubernetesName,
                    "not configured on this cluster")
            }
        }
        let wantsOther = policy != "SingleStack" && families.count == 1
        if wantsOther, hasAnyEndpoints || configured.contains(families[0].other) {
            families.append(families[0].other)
        }
        return ServiceFamilies(families: families, policy: policy)
    }
}
