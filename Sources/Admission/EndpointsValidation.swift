import Addressing
import KubeAPI

extension ProblemList {
    /// A slice that anybody wrote.
    mutating func checkSlice(_ slice: EndpointSliceObject) {
        checkMetadata(slice.metadata, isNamespaced: true, nameFault: NameSyntax.subdomainFault)
        if slice.addressType.isEmpty {
            add("addressType", .required, "state IPv4 or IPv6")
        } else {
            check("addressType", slice.addressType, isOneOf: ["FQDN", "IPv4", "IPv6"])
        }
        checkEndpointPorts("ports", slice.ports)
        let limit = EndpointLimits.endpointsPerWrittenSlice
        if slice.endpoints.count > limit {
            add(
                "endpoints", .tooMany, value: "\(slice.endpoints.count)",
                "must have at most \(limit) items; write several slices")
            return
        }
        for (index, endpoint) in slice.endpoints.enumerated() {
            checkAddresses(endpoint, "endpoints[\(index)].addresses", type: slice.addressType)
        }
    }

    private mutating func checkAddresses(_ endpoint: SliceEndpoint, _ field: String, type: String) {
        if endpoint.addresses.isEmpty {
            add(field, .required, "must contain at least 1 address")
        }
        for (index, text) in endpoint.addresses.enumerated() {
            let field = "\(field)[\(index)]"
            if type == "FQDN" {
                check(field, text, NameSyntax.subdomainFault(text))
                continue
            }
            guard let address = checkAddress(field, text) else { continue }
            if let family = IPFamily(kubernetes: type), family != address.family {
                invalid(field, text, "must be an \(type) address, as `addressType` says")
            }
        }
    }

    /// Endpoints that anybody wrote.
    mutating func checkEndpoints(_ endpoints: EndpointsObject) {
        checkMetadata(
            endpoints.metadata, isNamespaced: true, nameFault: NameSyntax.subdomainFault)
        for (index, subset) in (endpoints.subsets ?? []).enumerated() {
            let field = "subsets[\(index)]"
            let ready = subset.addresses ?? []
            let unready = subset.notReadyAddresses ?? []
            if ready.isEmpty, unready.isEmpty {
                add(field, .required, "must specify `addresses` or `notReadyAddresses`")
            }
            let limit = EndpointLimits.addressesPerEndpoints
            if ready.count + unready.count > limit {
                add(
                    field, .tooMany, value: "\(ready.count + unready.count)",
                    "must have at most \(limit) addresses; write EndpointSlices instead")
                continue
            }
            for (place, address) in ready.enumerated() {
                checkAddress("\(field).addresses[\(place)].ip", address.ip)
            }
            for (place, address) in unready.enumerated() {
                checkAddress("\(field).notReadyAddresses[\(place)].ip", address.ip)
            }
            if let ports = subset.ports, ports.count > 1 {
                for (place, port) in ports.enumerated() where (port.name ?? "").isEmpty {
                    add("\(field).ports[\(place)].name", .required, "name each of several ports")
                }
            }
            checkEndpointPorts("\(field).ports", subset.ports)
        }
    }

    private mutating func checkEndpointPorts(_ field: String, _ ports: [EndpointPortObject]?) {
        let ports = ports ?? []
        if ports.count > EndpointLimits.portsPerWrittenSlice {
            add(
                field, .tooMany, value: "\(ports.count)",
                "must have at most \(EndpointLimits.portsPerWrittenSlice) items")
            return
        }
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let field = "\(field)[\(index)]"
            if let number = port.port { checkPort("\(field).port", number) }
            checkProtocol("\(field).protocol", port.protocol)
            let name = port.name ?? ""
            if !name.isEmpty { check("\(field).name", name, NameSyntax.labelFault(name)) }
            if !names.insert(name).inserted {
                add(
                    "\(field).name", .duplicate, value: name.quoted,
                    "another port has the same name")
            }
        }
    }
}
