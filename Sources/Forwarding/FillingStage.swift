package import Ruleset

/// When the elements of a set have to come, where a table cannot be filled all at once.
package enum FillingStage: Comparable, CaseIterable {
    /// Who is where: until its frontend comes, a ClusterIP is thereby one that nobody has, to which
    /// packets are dropped, and the client tries again.
    case surroundings
    /// What frontends lead to, and the frontends themselves.
    case frontends
    /// What has clients refused that find no frontend.
    case refusals
}

extension SetDeclaration {
    /// When the elements of this set have to come.
    package var fillingStage: FillingStage {
        switch name {
        case SetNames.serviceRanges, SetNames.pods, SetNames.cluster: .surroundings
        case SetNames.clusterIPs: .refusals
        default: .frontends
        }
    }
}
