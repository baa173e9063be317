/// Annotations on Services that Sluice alone gives a meaning.
package enum SluiceAnnotation {
    /// CIDR blocks with commas between them: who may use nodePorts and external addresses.
    ///
    /// What `spec.loadBalancerSourceRanges` is to the load balancer's addresses. A balancer that
    /// sends to nodePorts is a client of them: name its address as well.
    package static let sourceRanges = "sluice.io/source-ranges"
    /// `service`: with `sessionAffinity: ClientIP` a client has one endpoint for all ports and
    /// addresses of the Service; `port`, the default: one for each.
    package static let affinityScope = "sluice.io/affinity-scope"
}
