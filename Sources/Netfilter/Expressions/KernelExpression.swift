internal import CNetfilter
internal import Ruleset

/// One step of a rule as the kernel runs it: registers are loaded, compared, looked up.
///
/// Registers are numbered by words of four bytes, 0 to 15 (`NFT_REG32_00` …); the kernel's older
/// registers of 16 bytes are the words 0, 4, 8 and 12.
enum KernelExpression: Hashable {
    /// A set that an expression looks into.
    enum SetReference: Hashable {
        case named(String)
        /// A constant set without a name, of protocol numbers in ascending order.
        case protocols([UInt8])
    }

    /// Where a lookup puts what it finds.
    enum Destination: Hashable {
        /// Nowhere: a plain set, that only matches.
        case nowhere
        /// The verdict register: the packet goes where the map says.
        case verdict
        case register(Int)
    }

    /// What an element of a dynamic set keeps within bounds.
    enum Bound: Hashable {
        /// Packets in a time of so many seconds (kernel: `nft_limit`).
        case rate(count: UInt64, unitSeconds: UInt64, burst: UInt32)
        /// Tracked connections (kernel: `nft_connlimit`).
        case connections(UInt32)
    }

    /// Loads bytes of a header.
    case payload(header: UInt32, offset: UInt32, length: UInt32, to: Int)
    /// Writes an address into the network header, and puts the checksums right: that of the
    /// transport protocol, and that of the header itself where it has one.
    case writeAddress(offset: UInt32, length: UInt32, checksumOffset: UInt32?, from: Int)
    /// Loads a fact about the packet.
    case meta(key: UInt32, to: Int)
    /// Loads whether an IPv6 packet has an extension header of this number.
    case extensionHeader(UInt8, to: Int)
    /// Changes a fact about the packet.
    case setMeta(key: UInt32, from: Int)
    /// Loads a fact about the connection; `direction` 0 is the original one.
    case connection(key: UInt32, direction: UInt8?, to: Int)
    /// Loads a random number below a modulus, and adds an offset.
    case randomNumber(modulus: UInt32, offset: UInt32, to: Int)
    /// Loads Jenkins' hash of so many bytes, below a modulus.
    case hash(from: Int, length: UInt32, modulus: UInt32, seed: UInt32, to: Int)
    /// Loads what the routing table says about an address.
    case route(result: UInt32, flags: UInt32, to: Int)
    /// Combines a register with constants: `(from & mask) ^ xor`.
    case bitwise(from: Int, mask: [UInt8], xor: [UInt8], to: Int)
    /// Goes on only if the register holds (or does not hold) these bytes.
    case compare(register: Int, isEqual: Bool, bytes: [UInt8])
    /// Goes on only if the set has (or, negated, has not) the key.
    case lookup(SetReference, from: Int, to: Destination, isNegated: Bool)
    /// Translates the destination to the address and port in two registers.
    case translateDestination(family: UInt32, address: Int, port: Int)
    /// Sends the packet out of the device whose number is in one register, to the neighbour whose
    /// address is in another.
    case forward(family: UInt32, device: Int, address: Int)
    /// Translates the source to the address of the outgoing interface.
    case masquerade(flags: UInt32)
    /// Adds an element to a dynamic map, or renews its timeout.
    case update(set: String, key: Int, value: Int, timeoutMilliseconds: UInt64)
    /// Adds an element of its own bound to a dynamic set, or takes the one that is there, and goes
    /// on only if the bound is exceeded; 0 ms: the element has no timeout.
    case bound(Bound, set: String, key: Int, timeoutMilliseconds: UInt64)
    /// Refuses the packet.
    case reject(type: UInt32, code: UInt8)
    /// Ends with a verdict.
    case verdict(Verdict)
    /// Does nothing that counts.
    case nothing
    /// Something that Sluice never writes, as libnftnl spells it.
    case unknown(String)
}

extension KernelExpression {
    /// The kernel's number of a register.
    static func number(ofRegister word: Int) -> UInt32 {
        UInt32(NFT_REG32_00.rawValue) + UInt32(word)
    }

    /// The word that a kernel's register number stands for; nil for the verdict register.
    static func register(ofNumber number: UInt32) -> Int? {
        switch number {
        case UInt32(NFT_REG_1.rawValue)...UInt32(NFT_REG_4.rawValue): (Int(number) - 1) * 4
        case UInt32(NFT_REG32_00.rawValue)...UInt32(NFT_REG32_15.rawValue):
            Int(number) - Int(NFT_REG32_00.rawValue)
        default: nil
        }
    }
}
