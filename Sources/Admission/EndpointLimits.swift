/// How many endpoints an object may hold and a Service may have.
package enum EndpointLimits {
    /// Endpoints in a slice that is made from a selector: a change of one rewrites these.
    package static let endpointsPerSlice = 100
    /// Endpoints in a slice that anybody wrote, as the API server limits it.
    package static let endpointsPerWrittenSlice = 1000
    /// Ports of a slice that anybody wrote, as the API server limits it.
    package static let portsPerWrittenSlice = 20000
    /// Addresses in Endpoints, the older form; what is over it, only slices have.
    package static let addressesPerEndpoints = 1000
    /// Endpoints of one family behind one Service: each needs an element in every node's kernel.
    package static let endpointsPerService = 10_000
}
