import Addressing
import ClusterDNS

/// What of a slice matters to names.
struct NameSlice: Hashable {
    /// The name of the Service that the slice belongs to.
    let service: NameLabel
    /// The ports that SRV records tell.
    var ports: [NamedPort] = []
    /// Every address, ready or not.
    var endpoints: [NameSliceEndpoint] = []

    /// The endpoints that are to be found: those that are ready, or every one.
    func group(includingNotReady: Bool) -> NamedEndpointGroup {
        NamedEndpointGroup(
            ports: ports,
            endpoints: endpoints.filter { includingNotReady || $0.isReady }.map {
                NamedEndpoint(hostname: $0.hostname, address: $0.address)
            })
    }
}

/// One address of a slice.
struct NameSliceEndpoint: Hashable {
    let address: IPAddress
    /// The endpoint's own hostname, if it has one.
    let hostname: NameLabel?
    let isReady: Bool
}
