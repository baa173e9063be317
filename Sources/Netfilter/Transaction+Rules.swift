internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Rules as messages.
extension Transaction {
    /// Empties a chain and writes its rules anew.
    mutating func replaceRules(
        of chain: String, with rules: [Rule], in id: TableID
    ) throws(NetfilterError) {
        let all = try rule(of: chain, in: id)
        let pointer = unsafe all.pointer
        try unsafe message(NFT_MSG_DELRULE, family: id.family) { header in
            unsafe nftnl_rule_nlmsg_build_payload(header, pointer)
        }
        for rule in rules { try append(rule, to: chain, in: id) }
    }

    private mutating func append(
        _ rule: Rule, to chain: String, in id: TableID
    ) throws(NetfilterError) {
        let expressions = RuleLowering(id.family).expressions(of: rule)
        var anonymousSets: [KernelExpression.SetReference: UInt32] = [:]
        let libraryRule = try self.rule(of: chain, in: id)
        let pointer = unsafe libraryRule.pointer
        for expression in expressions {
            if case .lookup(.protocols(let numbers), _, _, _) = expression {
                anonymousSets[.protocols(numbers)] = try createAnonymousSet(of: numbers, in: id)
            }
            let encoded = try expression.encoded(anonymousSets: anonymousSets)
            unsafe nftnl_rule_add_expr(pointer, encoded.release())
        }
        try unsafe message(NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND, family: id.family) {
            header in
            unsafe nftnl_rule_nlmsg_build_payload(header, pointer)
        }
    }

    private func rule(
        of chain: String, in id: TableID
    ) throws(NetfilterError) -> Owned<RuleKind> {
        let rule = try Owned<RuleKind>()
        let pointer = unsafe rule.pointer
        try checked(unsafe nftnl_rule_set_str(pointer, UInt16(NFTNL_RULE_TABLE.rawValue), id.name))
        try checked(unsafe nftnl_rule_set_str(pointer, UInt16(NFTNL_RULE_CHAIN.rawValue), chain))
        unsafe nftnl_rule_set_u32(
            pointer, UInt16(NFTNL_RULE_FAMILY.rawValue), UInt32(id.family.protocolNumber))
        return rule
    }
}
