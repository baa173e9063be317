/// A list of rules: a base chain if it is hooked into the packet's path.
package struct Chain: Hashable, Sendable {
    /// The name within the table.
    package let name: String
    /// Where packets enter; nil for a chain that is only jumped to.
    package var base: BaseChain?
    /// Text for the reader of a listing, at most 128 bytes.
    package var comment: String?
    /// The rules in the order in which they are tried.
    package var rules: [Rule]

    /// Makes a chain value.
    package init(
        _ name: String, base: BaseChain? = nil, comment: String? = nil, rules: [Rule] = []
    ) {
        self.name = name
        self.base = base
        self.comment = comment
        self.rules = rules
    }

    /// The same chain without rules.
    package var header: Chain { Chain(name, base: base, comment: comment) }
}

/// Where a base chain sits in the packet's path.
package struct BaseChain: Hashable, Sendable {
    /// What a base chain may do.
    package enum Kind: String, Hashable, Sendable {
        /// Sees every packet.
        case filter
        /// Sees the first packet of a connection, and may translate it.
        case nat
    }

    /// A point in the packet's path, with the values of `enum nf_inet_hooks`.
    package enum Hook: UInt32, Hashable, Sendable, CaseIterable {
        case prerouting = 0
        case input = 1
        case forward = 2
        case output = 3
        case postrouting = 4
        /// Where a device hands packets over, in tables of the family `netdev` alone.
        case ingress = 5

        /// The hooks on a packet's way through the host.
        package static let allCases: [Hook] = [
            .prerouting, .input, .forward, .output, .postrouting,
        ]
    }

    /// What the chain may do.
    package let kind: Kind
    /// The point in the packet's path.
    package let hook: Hook
    /// The order among chains at one hook; lower runs first.
    package let priority: Int32
    /// The device whose packets the chain sees; nil at every hook but `ingress`.
    package let device: String?

    /// Names a place; the policy is always `accept`.
    package init(_ kind: Kind, _ hook: Hook, priority: Int32) {
        self.kind = kind
        self.hook = hook
        self.priority = priority
        device = nil
    }

    /// Names the place where a device hands its packets over (Linux 4.2).
    package init(ingressOf device: String, priority: Int32) {
        kind = .filter
        hook = .ingress
        self.priority = priority
        self.device = device
    }
}

/// One rule: statements tried from left to right until one does not match.
package struct Rule: Hashable, Sendable {
    /// The statements in order.
    package var statements: [Statement]

    /// Makes a rule of these statements.
    package init(_ statements: Statement...) {
        self.statements = statements
    }

    /// Makes a rule of these statements.
    package init(statements: [Statement]) {
        self.statements = statements
    }
}

/// What happens to a packet next.
package enum Verdict: Hashable, Sendable, CustomStringConvertible {
    case accept
    case drop
    case `return`
    case jump(String)
    case goto(String)

    /// The chain the verdict leads to, if it leads to one.
    package var target: String? {
        switch self {
        case .jump(let chain), .goto(let chain): chain
        case .accept, .drop, .return: nil
        }
    }

    /// The spelling of `nft`.
    package var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .return: "return"
        case .jump(let chain): "jump \(chain)"
        case .goto(let chain): "goto \(chain)"
        }
    }
}
