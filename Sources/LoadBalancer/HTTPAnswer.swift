import HealthChecking

/// Reads the head of an HTTP answer as it arrives, in pieces of any size.
///
/// The head is enough: whether a body follows and how long it takes says nothing more about the
/// node. What it may be is narrow, so that no server can make the reader hold much.
struct HTTPAnswer {
    /// Bytes of a head, more than any server sends to a health check.
    static let headLimit = 16_384

    private var head: [UInt8] = []
    /// How much of `head` is known not to hold its end.
    private var searched = 0

    /// Takes the next piece; returns what the answer says once that is certain.
    ///
    /// A status of 100 to 199 announces another answer and is passed over (RFC 9110 section 15.2).
    mutating func take(_ bytes: some Sequence<UInt8>) -> Result<Void, CheckFailure>? {
        head.append(contentsOf: bytes)
        guard Self.mayBegin(head) else { return .failure(.malformedAnswer) }
        while let end = endOfHead() {
            guard let status = Self.status(of: head[..<end]) else {
                return .failure(.malformedAnswer)
            }
            guard status < 200 else {
                return 200..<400 ~= status ? .success(()) : .failure(.status(status))
            }
            head.removeFirst(end)
            searched = 0
        }
        return head.count > Self.headLimit ? .failure(.malformedAnswer) : nil
    }

    /// Where the empty line ends that ends the head.
    private mutating func endOfHead() -> Int? {
        let limit = min(head.count, Self.headLimit)
        while searched < limit {
            searched += 1
            if head[..<searched].hasSuffix([0x0d, 0x0a, 0x0d, 0x0a])
                || head[..<searched].hasSuffix([0x0a, 0x0a])
            {
                return searched
            }
        }
        return nil
    }

    /// Whether this may be how an answer begins: told from the first bytes, without waiting.
    private static func mayBegin(_ bytes: [UInt8]) -> Bool {
        zip(bytes, Array("HTTP/1.".utf8)).allSatisfy { $0 == $1 }
    }

    /// The three digits after `HTTP/1.x` and a space.
    private static func status(of head: ArraySlice<UInt8>) -> Int? {
        let fields = head.prefix { $0 != 0x0d && $0 != 0x0a }
            .split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count >= 2, fields[0].count == 8, fields[1].count == 3,
            let status = Int(String(decoding: fields[1], as: UTF8.self)), 100..<600 ~= status
        else { return nil }
        return status
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasSuffix(_ bytes: [UInt8]) -> Bool {
        suffix(bytes.count).elementsEqual(bytes)
    }
}
