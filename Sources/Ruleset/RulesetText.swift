/// Writes rulesets as `nft` spells them: what it prints, `nft -f` loads.
package struct RulesetText: Sendable {
    /// Prints a ruleset, tables in order of family and name.
    package static func text(of ruleset: Ruleset) -> String {
        ruleset.tables.values.sorted { $0.id < $1.id }.map { text(of: $0) }
            .joined(separator: "\n")
    }

    /// Prints one table: maps and sets first, then chains; base chains last.
    package static func text(of table: Table) -> String {
        var lines = ["table \(table.id) {"]
        if let comment = table.comment { lines.append("\tcomment \"\(comment)\"") }
        let family = table.id.family
        for set in table.sets.values.sorted(by: { $0.declaration.name < $1.declaration.name }) {
            lines += SetText(set: set, family: family).lines.map { "\t" + $0 }
        }
        let chains = table.chains.values.sorted {
            ($0.base == nil ? 0 : 1, $0.name) < ($1.base == nil ? 0 : 1, $1.name)
        }
        for chain in chains { lines += text(of: chain, family: family).map { "\t" + $0 } }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(of chain: Chain, family: TableFamily) -> [String] {
        var lines = ["chain \(chain.name) {"]
        if let comment = chain.comment { lines.append("\tcomment \"\(comment)\"") }
        if let base = chain.base {
            let device = base.device.map { " device \"\($0)\"" } ?? ""
            lines.append(
                "\ttype \(base.kind.rawValue) hook \(base.hook)\(device) priority \(base.priority); "
                    + "policy accept;")
        }
        for rule in chain.rules {
            let words = rule.statements.map { StatementText.text(of: $0, family: family) }
            lines.append("\t" + words.joined(separator: " "))
        }
        lines.append("}")
        return lines
    }
}

/// The spelling of rule statements and of the selectors in them.
package enum StatementText {
    /// One statement as `nft` spells it in a table of this family.
    package static func text(of statement: Statement, family: TableFamily) -> String {
        switch statement {
        case .inSet(let fields, let isNegated, let set):
            text(of: fields, family: family) + (isNegated ? " != @" : " @") + set
        case .isProtocol(let protocols):
            protocols.count == 1
                ? "meta l4proto \(protocols[0])"
                : "meta l4proto { " + protocols.map { "\($0)" }.joined(separator: ", ") + " }"
        case .isInvalid: "ct state invalid"
        case .hasTCPFlags(let flags, let mask): "tcp flags \(flags.text) / \(mask.text)"
        case .hasSequenceNumber(let number): "tcp sequence \(number)"
        case .isOfFamily, .isFragment, .hasICMPType, .quotesPlainHeader:
            DeviceText.match(statement, family: family)
        case .setDestination(let fields, let map):
            "\(family.headerWord) daddr set " + text(of: fields, family: family) + " map @" + map
        case .copyToDestination(let field):
            "\(family.headerWord) daddr set " + text(of: field, family: family)
        case .setMark, .forward: DeviceText.action(statement, family: family)
        case .isDestinationTranslated: "ct status dnat"
        case .isSourceLocal: "fib saddr type local"
        case .verdictMap(let fields, let map):
            text(of: fields, family: family) + " vmap @" + map
        case .translateDestination(let fields, let map):
            "dnat \(family.headerWord) to " + text(of: fields, family: family) + " map @" + map
        case .masquerade: "masquerade"
        case .update(let set, let key, let timeout, let value):
            "update @\(set) { \(text(of: key, family: family)) timeout \(duration(timeout)) : "
                + "\(text(of: value, family: family)) }"
        case .isOverRate(let rate, let set, let key, let timeout):
            "update @\(set) { \(text(of: key, family: family)) timeout \(duration(timeout)) "
                + "limit rate over \(rate) }"
        case .isOverCount(let count, let set, let key):
            "add @\(set) { \(text(of: key, family: family)) ct count over \(count) }"
        case .reject(.tcpReset): "reject with tcp reset"
        case .reject(.portUnreachable): "reject"
        case .verdict(let verdict): verdict.description
        case .foreign(let text): text
        }
    }

    /// Selectors as `nft` spells a concatenation.
    package static func text(of selectors: [Selector], family: TableFamily) -> String {
        selectors.map { text(of: $0, family: family) }.joined(separator: " . ")
    }

    private static func text(of selector: Selector, family: TableFamily) -> String {
        switch selector {
        case .sourceAddress: "\(family.headerWord) saddr"
        case .destinationAddress: "\(family.headerWord) daddr"
        case .transportProtocol: "meta l4proto"
        case .sourcePort: "th sport"
        case .destinationPort: "th dport"
        case .originalDestinationAddress: "ct original \(family.headerWord) daddr"
        case .originalDestinationPort: "ct original proto-dst"
        case .answeringAddress: "ct reply \(family.headerWord) saddr"
        case .random(let modulus, let offset):
            "numgen random mod \(modulus)" + (offset > 0 ? " offset \(offset)" : "")
        case .sourceHash(let modulus, let seed):
            DeviceText.hash("\(family.headerWord) saddr", modulus, seed)
        case .connectionHash(let modulus, let seed):
            DeviceText.hash("\(family.headerWord) saddr . th sport", modulus, seed)
        case .mark: "meta mark"
        case .quotedProtocol, .quotedSourcePort, .quotedClientHash, .quotedConnectionHash:
            DeviceText.quoted(selector, family: family)
        }
    }

    /// Seconds as `nft` spells them, for example `3h` or `1d2h3m4s`.
    package static func duration(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
        var rest = seconds
        var text = ""
        for (size, letter) in units where rest >= size {
            text += "\(rest / size)\(letter)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
