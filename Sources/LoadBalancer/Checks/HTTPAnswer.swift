import HealthChecking

/// Reads an HTTP answer as it arrives, in pieces of any size.
///
/// The head is enough where nothing is wanted of the body: whether one follows and how long it
/// takes says nothing more about the node. What either may be is narrow, so that no server can
/// make the reader hold much.
struct HTTPAnswer {
    /// What makes an answer a good one.
    enum Wish: Hashable {
        /// One of these statuses.
        case status([ClosedRange<Int>])
        /// One of these statuses, and these bytes somewhere in the body.
        case body([ClosedRange<Int>], [UInt8])
        /// What a node's proxy says at a Service's `healthCheckNodePort`.
        case endpointCount
    }

    /// Bytes of a head, more than any server sends to a health check.
    static let headLimit = 16_384
    /// Bytes of a body that are looked at.
    static let bodyLimit = 65_536

    private static let beginning = Array("HTTP/1.".utf8)

    private let wish: Wish
    private var head: [UInt8] = []
    /// The status, and the body so far, once the head is complete.
    private var body: (status: Int, weight: Int?, bytes: [UInt8])?
    /// How much of the head, or of the body, is known not to hold what is looked for.
    private var searched = 0

    /// Nothing has arrived yet.
    init(_ wish: Wish = .status([200...399])) {
        self.wish = wish
    }

    /// Takes the next piece; returns what the answer says once that is certain: the number of
    /// endpoints, if it tells one.
    ///
    /// A status of 100 to 199 announces another answer and is passed over (RFC 9110 section 15.2).
    mutating func take(_ bytes: some Sequence<UInt8>) -> Result<Int?, CheckFailure>? {
        guard body == nil else { return takeBody(bytes) }
        head.append(contentsOf: bytes)
        guard Self.mayBegin(head) else { return .failure(.malformedAnswer) }
        while let end = endOfHead() {
            guard let status = Self.status(of: head[..<end]) else {
                return .failure(.malformedAnswer)
            }
            if status >= 200 {
                let weight = wish == .endpointCount ? Self.weight(in: head[..<end]) : nil
                body = (status, weight, [])
                searched = 0
                return takeBody(head[end...])
            }
            head.removeFirst(end)
            searched = 0
        }
        return head.count > Self.headLimit ? .failure(.malformedAnswer) : nil
    }

    /// What the answer says now that nothing more comes.
    func end() -> Result<Int?, CheckFailure> {
        guard let body else { return .failure(.closed) }
        guard wish == .endpointCount else { return .failure(.unexpectedAnswer) }
        return Self.verdict(status: body.status, weight: Self.endpoints(in: body.bytes))
    }

    private mutating func takeBody(_ bytes: some Sequence<UInt8>) -> Result<Int?, CheckFailure>? {
        guard let (status, weight, _) = body else { return nil }
        switch wish {
        case .status(let wanted):
            return wanted.contains { $0 ~= status } ? .success(nil) : .failure(.status(status))
        case .body(let wanted, let text):
            guard wanted.contains(where: { $0 ~= status }) else { return .failure(.status(status)) }
            body?.bytes += bytes
            guard let held = body?.bytes else { return nil }
            // What was searched before may hold the beginning of the text, and no more.
            if held[searched...].firstRange(of: text) != nil { return .success(nil) }
            searched = max(0, held.count - text.count + 1)
            return held.count < Self.bodyLimit ? nil : .failure(.unexpectedAnswer)
        case .endpointCount:
            if let weight { return Self.verdict(status: status, weight: weight) }
            body?.bytes += bytes
            return (body?.bytes.count ?? 0) < Self.bodyLimit ? nil : end()
        }
    }

    /// A node without endpoints says 503, and is well all the same; one that has some and says 503
    /// is not: its proxy lags behind.
    private static func verdict(status: Int, weight: Int?) -> Result<Int?, CheckFailure> {
        if weight == 0 { return .success(0) }
        return 200..<300 ~= status ? .success(weight) : .failure(.status(status))
    }

    /// The header in which proxies since Kubernetes 1.28 tell how many endpoints they have.
    private static func weight(in head: ArraySlice<UInt8>) -> Int? {
        let name = "x-load-balancing-endpoint-weight:"
        for line in String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
        where line.lowercased().hasPrefix(name) {
            return Int(line.dropFirst(name.count).filter { $0 != " " }).flatMap {
                $0 < 0 ? nil : $0
            }
        }
        return nil
    }

    /// `localEndpoints` in the JSON that proxies have told from the beginning.
    private static func endpoints(in body: [UInt8]) -> Int? {
        guard let key = body.firstRange(of: Array("\"localEndpoints\"".utf8)) else { return nil }
        let digits = body[key.upperBound...]
            .drop { $0 == 0x20 || $0 == 0x3a || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }
            .prefix { 0x30...0x39 ~= $0 }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Where the empty line ends that ends the head.
    private mutating func endOfHead() -> Int? {
        let limit = min(head.count, Self.headLimit)
        while searched < limit {
            searched += 1
            guard head[searched - 1] == 0x0a else { continue }
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
        zip(bytes, beginning).allSatisfy { $0 == $1 }
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
