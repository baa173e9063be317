import Addressing
import DNSMessage
import HashTreeCollections

/// Whose an address is: the names that its reverse name leads to.
struct PointerTable: Equatable, Sendable {
    private var v4: TreeDictionary<IPv4Address, PointerTargets> = [:]
    private var v6: TreeDictionary<IPv6Address, PointerTargets> = [:]

    /// The names of an address, sorted; empty if nobody has it.
    func targets(of address: IPAddress) -> [DomainName] {
        switch address {
        case .v4(let address): v4[address]?.all ?? []
        case .v6(let address): v6[address]?.all ?? []
        }
    }

    /// Every address that has a name.
    var addresses: [IPAddress] { v4.keys.map(IPAddress.v4) + v6.keys.map(IPAddress.v6) }

    /// Gives an address one more name.
    mutating func insert(_ target: DomainName, for address: IPAddress) {
        switch address {
        case .v4(let address): v4[address] = PointerTargets(v4[address], adding: target)
        case .v6(let address): v6[address] = PointerTargets(v6[address], adding: target)
        }
    }

    /// Takes one of its names from an address.
    mutating func remove(_ target: DomainName, for address: IPAddress) {
        switch address {
        case .v4(let address): v4[address] = v4[address]?.removing(target)
        case .v6(let address): v6[address] = v6[address]?.removing(target)
        }
    }
}

/// The names of one address, sorted: nearly always one, which takes no memory of its own.
private struct PointerTargets: Equatable, Sendable {
    private let first: DomainName
    private let others: [DomainName]

    var all: [DomainName] { [first] + others }

    private init(first: DomainName, others: [DomainName]) {
        self.first = first
        self.others = others
    }

    /// Those that there were and one more, or as many if it is among them.
    init(_ known: PointerTargets?, adding target: DomainName) {
        guard let known else {
            self.init(first: target, others: [])
            return
        }
        var all = known.all
        let place = all.firstIndex { !($0.description < target.description) } ?? all.endIndex
        if place == all.endIndex || all[place] != target { all.insert(target, at: place) }
        self.init(first: all[0], others: Array(all.dropFirst()))
    }

    /// Those that are left, or nil if there are none.
    func removing(_ target: DomainName) -> PointerTargets? {
        let left = all.filter { $0 != target }
        return left.first.map { PointerTargets(first: $0, others: Array(left.dropFirst())) }
    }
}
