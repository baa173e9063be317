import Addressing
import KubeAPI

extension ServiceValidation {
    /// The families' names, and that there are not more than two.
    mutating func checkFamilies() {
        let families = spec.ipFamilies ?? []
        for (index, family) in families.enumerated() {
            let field = "spec.ipFamilies[\(index)]"
            problems.check(field, family, isOneOf: ["IPv4", "IPv6"])
            if families[..<index].contains(family) {
                problems.add(field, .duplicate, value: family.quoted, "name each family once")
            }
        }
        problems.check(
            "spec.ipFamilyPolicy", spec.ipFamilyPolicy,
            isOneOf: ["PreferDualStack", "RequireDualStack", "SingleStack"])
        if spec.ipFamilyPolicy == "SingleStack", families.count > 1 {
            problems.add(
                "spec.ipFamilyPolicy", .invalid, value: "SingleStack".quoted,
                "may not be 'SingleStack' when two families are specified")
        }
        if spec.kind == .externalName, !families.isEmpty {
            problems.add(
                "spec.ipFamilies", .forbidden, "may not be set for ExternalName services")
        }
    }

    /// The stated ClusterIPs as texts; whether they can be had, allocation says.
    mutating func checkClusterIPs() {
        guard spec.kind != .externalName else { return }
        let addresses = spec.statedClusterIPs
        if let first = addresses.first, let older = spec.clusterIP, older != first {
            problems.invalid("spec.clusterIPs", first, "first value must match `clusterIP`")
        }
        if spec.isHeadless {
            if addresses.count > 1 {
                problems.invalid(
                    "spec.clusterIPs[0]", "None", "'None' must be the first and only value")
            }
            return
        }
        if addresses.count > 2 {
            problems.add("spec.clusterIPs", .tooMany, "may only hold up to 2 values")
        }
        if addresses.count > 1, spec.ipFamilyPolicy == "SingleStack" {
            problems.add(
                "spec.ipFamilyPolicy", .invalid, value: "SingleStack".quoted,
                "may not be 'SingleStack' when two cluster IPs are specified")
        }
        var families: Set<IPFamily> = []
        for (index, text) in addresses.enumerated() {
            checkClusterIP(text, index, families: &families)
        }
    }

    private mutating func checkClusterIP(
        _ text: String, _ index: Int, families: inout Set<IPFamily>
    ) {
        let field = "spec.clusterIPs[\(index)]"
        guard text != "None" else {
            problems.invalid(field, text, "'None' must be the first and only value")
            return
        }
        guard let address = problems.checkAddress(field, text, mayBeSpecial: true) else { return }
        if !families.insert(address.family).inserted {
            problems.invalid(field, text, "there may be one ClusterIP a family")
        }
        if let stated = spec.ipFamilies, stated.indices.contains(index),
            stated[index] != address.family.kubernetesName
        {
            problems.invalid(
                field, text,
                "expected an \(stated[index]) value as indicated by "
                    + "`ipFamilies[\(index)]`")
        }
    }

    /// Addresses that somebody else routes to the nodes.
    mutating func checkExternalIPs() {
        for (index, text) in (spec.externalIPs ?? []).enumerated() {
            problems.checkAddress("spec.externalIPs[\(index)]", text)
        }
    }
}
