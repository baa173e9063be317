/// The notes that nft keeps with tables, chains, sets and elements: type, length, value.
///
/// The kernel stores them unread (`NFTA_…_USERDATA`); nft lists comments and spells sets from
/// them (libnftnl: `udata.h`). Types and lengths are one byte each, numbers are little-endian on
/// every host that Sluice runs on, texts end with a zero.
struct UserData: Hashable {
    /// The most bytes that the kernel keeps for one thing (`NFT_USERDATA_MAXLEN`).
    static let maximumBytes = 256
    /// The most bytes of a comment, its final zero not counted (`NFTNL_UDATA_COMMENT_MAXLEN`).
    static let maximumCommentBytes = 128

    /// Type, length and value of one note after another.
    private(set) var bytes: [UInt8] = []

    /// Starts without notes.
    init() {}

    /// Notes only a comment, or nothing.
    init(comment: String?, type: UInt8 = 0) {
        if let comment { append(type, text: comment) }
    }

    /// True if nft can read it and the kernel takes it.
    var isLegal: Bool { bytes.count <= Self.maximumBytes }

    /// Appends a number of four bytes in the host's order.
    mutating func append(_ type: UInt8, number: UInt32) {
        append(
            type,
            value: (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }

    /// Appends a text and its final zero.
    mutating func append(_ type: UInt8, text: String) {
        append(type, value: Array(text.utf8) + [0])
    }

    /// Appends other notes, nested.
    mutating func append(_ type: UInt8, nested: UserData) {
        append(type, value: nested.bytes)
    }

    private mutating func append(_ type: UInt8, value: [UInt8]) {
        // A value of more than 255 bytes has no length; then the whole is past the maximum too,
        // `isLegal` says so, and nobody sends it.
        bytes.append(type)
        bytes.append(UInt8(clamping: value.count))
        bytes += value
    }

    /// Reads the notes of one level; nil if lengths do not add up.
    static func notes(in bytes: some Collection<UInt8>) -> [UInt8: [UInt8]]? {
        var result: [UInt8: [UInt8]] = [:]
        var rest = Array(bytes)[...]
        while let type = rest.popFirst() {
            guard let length = rest.popFirst(), rest.count >= Int(length) else { return nil }
            result[type] = Array(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        }
        return result
    }

    /// Reads a number of four bytes in the host's order.
    static func number(_ value: [UInt8]?) -> UInt32? {
        guard let value, value.count == 4 else { return nil }
        return value.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a text that ends with a zero.
    static func text(_ value: [UInt8]?) -> String? {
        guard let value, value.last == 0 else { return nil }
        return String(validating: value.dropLast(), as: UTF8.self)
    }

    /// Reads the comment among notes; nil if there is none.
    static func comment(in bytes: some Collection<UInt8>, type: UInt8 = 0) -> String? {
        notes(in: bytes).flatMap { text($0[type]) }
    }

    /// The comment of an element, where it is the first note, as nft and Sluice write it.
    ///
    /// Reads in place: a listing may have a million of them.
    static func leadingText(in bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count > 2, unsafe bytes[0] == 0 else { return nil }
        let length = unsafe Int(bytes[1])
        guard length > 0, bytes.count >= 2 + length, unsafe bytes[1 + length] == 0 else {
            return nil
        }
        return unsafe String(
            validating: UnsafeRawBufferPointer(rebasing: bytes[2..<1 + length]), as: UTF8.self)
    }
}
