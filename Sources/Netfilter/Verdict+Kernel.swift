internal import CNetfilter
internal import Ruleset

/// Verdicts as the kernel numbers them.
extension Verdict {
    /// The number, without the chain that it leads to.
    var code: Int32 {
        switch self {
        case .drop: NF_DROP
        case .accept: NF_ACCEPT
        case .jump: NFT_JUMP.rawValue
        case .goto: NFT_GOTO.rawValue
        case .return: NFT_RETURN.rawValue
        }
    }

    /// Reads a verdict; nil for one that Sluice never gives.
    init?(code: Int32, chain: String?) {
        switch (code, chain) {
        case (NF_DROP, _): self = .drop
        case (NF_ACCEPT, _): self = .accept
        case (NFT_RETURN.rawValue, _): self = .return
        case (NFT_JUMP.rawValue, let chain?): self = .jump(chain)
        case (NFT_GOTO.rawValue, let chain?): self = .goto(chain)
        default: return nil
        }
    }
}
