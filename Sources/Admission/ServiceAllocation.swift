import Addressing
import KubeAPI

/// Gives one Service the addresses and ports it needs, noting what cannot be had.
struct ServiceAllocation {
    private(set) var service: ServiceObject
    private(set) var problems = ProblemList()
    private let families: ServiceFamilies
    private let key: ObjectKey

    init(_ service: ServiceObject, families: ServiceFamilies) {
        self.service = service
        self.families = families
        key = service.key
    }

    /// Claims everything and writes it into the Service.
    mutating func assignAll(from book: inout AddressBook) {
        assignClusterIPs(from: &book)
        assignNodePorts(from: &book)
        assignHealthCheckNodePort(from: &book)
        assignLoadBalancerIPs(from: &book)
    }

    private mutating func assignClusterIPs(from book: inout AddressBook) {
        guard service.spec.needsClusterIP else {
            service.spec.clusterIP = nil
            service.spec.clusterIPs = nil
            service.spec.ipFamilies = nil
            service.spec.ipFamilyPolicy = nil
            return
        }
        service.spec.ipFamilies = families.families.map(\.kubernetesName)
        service.spec.ipFamilyPolicy = families.policy
        guard !service.spec.isHeadless else {
            service.spec.clusterIP = "None"
            service.spec.clusterIPs = ["None"]
            return
        }
        let stated = service.spec.statedClusterIPs.compactMap { IPAddress($0) }
        var assigned: [IPAddress] = []
        for (index, family) in families.families.enumerated() {
            let field = "spec.clusterIPs[\(index)]"
            if let address = stated.first(where: { $0.family == family }) {
                note(field, "\"\(address)\"", book.claimClusterIP(address, for: key))
                assigned.append(address)
            } else if let address = book.nextClusterIP(family, for: key) {
                assigned.append(address)
            } else {
                problems.add(
                    field, .exhausted,
                    "failed to allocate a serviceIP: the \(family.kubernetesName) range is full; "
                        + "add a service CIDR or delete Services")
            }
        }
        service.spec.clusterIPs = assigned.map(\.description)
        service.spec.clusterIP = service.spec.clusterIPs?.first
    }

    /// What is stated comes first, so that nothing given out can take it.
    private mutating func assignNodePorts(from book: inout AddressBook) {
        let ports = service.spec.ports ?? []
        for (index, port) in ports.enumerated() {
            guard let claim = port.nodePortClaim else { continue }
            note(
                "spec.ports[\(index)].nodePort", "\(claim.port)",
                book.claimNodePort(claim, for: key))
        }
        guard service.spec.needsNodePorts else { return }
        for (index, port) in ports.enumerated() where port.nodePort == nil {
            guard let transport = port.transport else { continue }
            if let number = twinNodePort(of: port, transport, from: &book)
                ?? book.nextNodePort(transport, for: key)
            {
                service.spec.ports?[index].nodePort = Int(number.rawValue)
            } else {
                noteNoPortLeft("spec.ports[\(index)].nodePort")
            }
        }
    }

    /// The same port of another protocol should have the same nodePort, where it is free.
    private mutating func twinNodePort(
        of port: ServicePortObject, _ transport: TransportProtocol, from book: inout AddressBook
    ) -> Port? {
        let twin = service.spec.ports?.first {
            $0.port == port.port && $0.transport != transport && $0.nodePort != nil
        }
        guard let number = twin?.nodePort.flatMap(Port.init) else { return nil }
        let claim = NodePortClaim(transport, number)
        guard service.spec.ports?.contains(where: { $0.nodePortClaim == claim }) == false else {
            return nil
        }
        return book.claimNodePort(claim, for: key) == nil ? number : nil
    }

    private mutating func assignHealthCheckNodePort(from book: inout AddressBook) {
        guard service.spec.needsHealthCheckNodePort else { return }
        if let number = service.spec.healthCheckNodePort.flatMap(Port.init) {
            note(
                "spec.healthCheckNodePort", "\(number)",
                book.claimNodePort(NodePortClaim(.tcp, number), for: key))
        } else if let number = book.nextNodePort(.tcp, for: key) {
            service.spec.healthCheckNodePort = Int(number.rawValue)
        } else {
            noteNoPortLeft("spec.healthCheckNodePort")
        }
    }

    /// Without a pool, and for a class of their own, load balancers are somebody else's, who also
    /// writes their status.
    private mutating func assignLoadBalancerIPs(from book: inout AddressBook) {
        guard service.spec.kind == .loadBalancer, service.spec.loadBalancerClass == nil,
            book.hasLoadBalancerPool
        else { return }
        let wanted = service.spec.loadBalancerIP.flatMap { IPAddress($0) }
        if let wanted { problems.checkFamily(of: wanted, isOneOf: families.families) }
        let known = service.status.loadBalancer?.ingress ?? []
        var ingress: [LoadBalancerIngress] = []
        for family in families.families {
            let wanted = wanted.flatMap { $0.family == family ? $0 : nil }
            guard
                let address = loadBalancerIP(family, wanted: wanted, known: known, from: &book)
            else { continue }
            let text = address.description
            ingress.append(known.first { $0.ip == text } ?? LoadBalancerIngress(ip: text))
        }
        service.status.loadBalancer = LoadBalancerStatus(ingress: ingress.isEmpty ? nil : ingress)
    }

    /// The address asked for, else the one it has, else a free one.
    private mutating func loadBalancerIP(
        _ family: IPFamily, wanted: IPAddress?, known: [LoadBalancerIngress],
        from book: inout AddressBook
    ) -> IPAddress? {
        let listeners = service.spec.listeners
        if let wanted {
            note(
                "spec.loadBalancerIP", "\"\(wanted)\"",
                book.claimLoadBalancerIP(wanted, for: key, listeners: listeners))
            return wanted
        }
        guard book.servesLoadBalancers(family) else { return nil }
        let has = known.lazy.compactMap { $0.ip.flatMap { IPAddress($0) } }
        if let address = has.first(where: { $0.family == family }),
            book.claimLoadBalancerIP(address, for: key, listeners: listeners) == nil
        {
            return address
        }
        let address = book.nextLoadBalancerIP(family, for: key, listeners: listeners)
        if address == nil { problems.noLoadBalancerAddress(family) }
        return address
    }

    private mutating func note(_ field: String, _ value: String, _ refusal: Refusal?) {
        guard let refusal else { return }
        problems.add(field, refusal.code, value: value, refusal.detail)
    }

    private mutating func noteNoPortLeft(_ field: String) {
        problems.add(
            field, .exhausted,
            "failed to allocate a nodePort: the range is full; widen it or delete Services")
    }
}
