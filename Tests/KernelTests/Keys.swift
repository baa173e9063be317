import Addressing
import Ruleset

/// Short ways to write keys and values of elements.
extension ElementData {
    /// A key of these registers, each read as a big-endian number.
    init(_ registers: UInt32...) {
        self.init()
        for register in registers { append(register: register) }
    }

    /// An address: `10.96.0.NUMBER` or `fd96::NUMBER`.
    init(_ family: TableFamily, _ number: Int) {
        self.init()
        switch family {
        case .ip, .netdev: append(.v4(IPv4Address(rawValue: 0x0a60_0000 + UInt32(number))))
        case .ip6, .netdev6: append(.v6(IPv6Address(high: 0xfd96 << 48, low: UInt64(number))))
        }
    }

    /// Address, protocol and port.
    init(_ family: TableFamily, _ number: Int, _ transport: TransportProtocol, _ port: UInt32) {
        self.init(family, number)
        append(transport)
        append(register: port << 16)
    }

    /// Address and port.
    init(_ family: TableFamily, _ number: Int, port: UInt32) {
        self.init(family, number)
        append(register: port << 16)
    }

    /// The same with one more address.
    func with(_ family: TableFamily, _ number: Int) -> ElementData {
        var result = self
        for register in ElementData(family, number).registers { result.append(register: register) }
        return result
    }

    /// The same with a slot's number.
    func with(slot: Int) -> ElementData {
        var result = self
        result.append(number: UInt32(slot))
        return result
    }

    private var registers: [UInt32] { (0..<registerCount).map { register($0) } }
}

extension Element {
    /// The range of a block such as `10.0.0.0/8`.
    init(block text: String, comment: String? = nil) {
        guard let block = CIDRBlock(text) else { preconditionFailure("\(text) is no block") }
        var first = ElementData()
        first.append(block.first)
        var last = ElementData()
        last.append(block.last)
        self.init(first, through: last, comment: comment)
    }
}
