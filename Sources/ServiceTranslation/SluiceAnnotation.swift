/// Annotations on Services that Sluice alone gives a meaning.
package enum SluiceAnnotation {
    /// CIDR blocks with commas between them: who may use nodePorts and external addresses.
    ///
    /// What `spec.loadBalancerSourceRanges` is to the load balancer's addresses. A balancer that
    /// sends to nodePorts is a client of them: name its address as well.
    package static let sourceRanges = "sluice.io/source-ranges"
}
