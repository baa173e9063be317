internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Reads everything in one table.
struct TableReader {
    private var table: Table
    private let leftOut: Set<String>
    private var shapes: [String: RuleRaising.SetShape] = [:]
    private var anonymousSets: [String: [UInt8]] = [:]

    /// Starts with what the list of tables says, and the sets whose elements are not read.
    init(_ header: Table, leavingOut leftOut: Set<String> = []) {
        table = header
        self.leftOut = leftOut
    }

    /// Reads chains, sets and rules, without the elements of sets that have a name.
    consuming func readFrame(
        with socket: inout NetfilterSocket
    ) throws(NetfilterError) -> Table {
        try readChains(with: &socket)
        for set in try readSets(with: &socket) {
            if set.isAnonymous {
                try readElements(of: set, with: &socket)
            } else {
                note(set)
            }
        }
        try readRules(with: &socket)
        return table
    }

    /// Reads chains, sets, elements and rules.
    consuming func read(with socket: inout NetfilterSocket) throws(NetfilterError) -> Table {
        try readChains(with: &socket)
        for set in try readSets(with: &socket) { try readElements(of: set, with: &socket) }
        try readRules(with: &socket)
        return table
    }

    private mutating func readChains(with socket: inout NetfilterSocket) throws(NetfilterError) {
        var chains: [String: Chain] = [:]
        let id = table.id
        try unsafe socket.list(NFT_MSG_GETCHAIN, family: id.family.protocolNumber) {
            reply throws(NetfilterError) in
            if let chain = try Chain(reply, in: id) { chains[chain.name] = chain }
        }
        table.chains = chains
    }

    private mutating func readSets(
        with socket: inout NetfilterSocket
    ) throws(NetfilterError) -> [KernelSet] {
        var sets: [KernelSet] = []
        let id = table.id
        try unsafe socket.list(
            NFT_MSG_GETSET, family: id.family.protocolNumber,
            fill: { header in
                unsafe NetfilterSocket.put(id.name, as: NFTA_SET_TABLE.rawValue, to: header)
            },
            { reply throws(NetfilterError) in
                if let set = try KernelSet(reply, in: id) { sets.append(set) }
            })
        return sets
    }

    private mutating func readElements(
        of set: KernelSet, with socket: inout NetfilterSocket
    ) throws(NetfilterError) {
        let name = set.declaration.name
        if set.isAnonymous {
            guard set.holdsProtocols else { return }
            var numbers: [UInt8] = []
            try unsafe socket.forEachElement(of: table.id, in: name) { element in
                if let key = unsafe element.key {
                    numbers.append(unsafe key.load(as: UInt8.self))
                }
            }
            anonymousSets[name] = numbers.sorted()
            return
        }
        note(set)
        guard !set.declaration.isDynamic, !leftOut.contains(name) else { return }
        var reader = ElementReader(set.declaration, family: table.id.family)
        try unsafe socket.forEachElement(of: table.id, in: name) { unsafe reader.add($0) }
        table.sets[name] = try ElementSet(set.declaration, elements: reader.elements())
    }

    private mutating func note(_ set: KernelSet) {
        shapes[set.declaration.name] = set.shape
        table.sets[set.declaration.name] = ElementSet(set.declaration)
    }

    private mutating func readRules(with socket: inout NetfilterSocket) throws(NetfilterError) {
        let id = table.id
        let anonymousSets = anonymousSets
        var found: [(chain: String, expressions: [KernelExpression])] = []
        try unsafe socket.list(
            NFT_MSG_GETRULE, family: id.family.protocolNumber,
            fill: { header in
                unsafe NetfilterSocket.put(id.name, as: NFTA_RULE_TABLE.rawValue, to: header)
            },
            { reply throws(NetfilterError) in
                found.append(try KernelRule.read(reply, anonymousSets: anonymousSets))
            })
        for (chain, expressions) in found {
            var raising = RuleRaising(id.family, sets: shapes)
            table.chains[chain]?.rules.append(raising.rule(of: expressions))
        }
    }
}
