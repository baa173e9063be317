internal import CNetfilter
internal import Glibc
internal import Ruleset

/// Collects the elements of one set as the kernel lists them.
struct ElementReader {
    /// An end of a one-field range: its first key, or the key after its last.
    private struct End {
        let key: ElementData
        let isAfterLast: Bool
        let element: Element?
    }

    private let isPairOfEnds: Bool
    private let keyLength: Int
    private let isVerdictMap: Bool
    private var complete: [Element] = []
    private var ends: [End] = []

    /// Starts with nothing, for a set of this declaration.
    init(_ declaration: SetDeclaration, family: TableFamily) {
        isPairOfEnds = declaration.isInterval && !declaration.isConcatenatedInterval
        keyLength = declaration.keyLength(in: family)
        isVerdictMap = declaration.value == .verdict
    }

    /// Adds an element that was listed.
    mutating func add(_ raw: borrowing cnf_element) {
        guard let key = unsafe ElementData(raw.key, count: raw.key_length) else { return }
        let isAfterLast = unsafe raw.flags & UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue) != 0
        if isPairOfEnds, isAfterLast {
            ends.append(End(key: key, isAfterLast: true, element: nil))
            return
        }
        let element = unsafe element(key, of: raw)
        if isPairOfEnds {
            ends.append(End(key: key, isAfterLast: false, element: element))
        } else {
            complete.append(element)
        }
    }

    /// An element that was listed, of a set without one-field ranges.
    func element(of raw: borrowing cnf_element) -> Element? {
        guard let key = unsafe ElementData(raw.key, count: raw.key_length) else { return nil }
        return unsafe element(key, of: raw)
    }

    private func element(_ key: ElementData, of raw: borrowing cnf_element) -> Element {
        unsafe Element(
            key, through: ElementData(raw.key_end, count: raw.key_end_length),
            value: value(of: raw), comment: comment(of: raw))
    }

    /// All elements, once everything is added.
    ///
    /// Throws `EINTR` if one was listed twice. Between two datagrams of a listing the kernel
    /// remembers only how many elements it has listed; when a growing hash table was rehashed
    /// meanwhile, some come twice and as many not at all (kernel: `nft_rhash_walk`).
    func elements() throws(NetfilterError) -> [Element] {
        guard isPairOfEnds else {
            guard Set(complete.lazy.map(\.key)).count == complete.count else {
                throw NetfilterError(.read, code: EINTR)
            }
            return complete
        }
        var result: [Element] = []
        var open: Element?
        func close(before key: ElementData) {
            guard let element = open else { return }
            result.append(element.through(key.predecessor(keyLength: keyLength)))
            open = nil
        }
        // At one key the end of a range stands before the start of the next. A range that none
        // ends lasts until the next one, or until the greatest key.
        let inOrder = ends.sorted {
            ($0.key, $0.isAfterLast ? 0 : 1) < ($1.key, $1.isAfterLast ? 0 : 1)
        }
        for end in inOrder {
            close(before: end.key)
            open = end.element
        }
        if let open {
            result.append(open.through(.greatest(keyLength: keyLength)))
        }
        return result
    }

    private func value(of raw: borrowing cnf_element) -> Element.Value? {
        if isVerdictMap {
            guard unsafe raw.has_verdict else { return nil }
            let chain = unsafe raw.chain.map { unsafe String(cString: $0) }
            return unsafe Verdict(code: raw.verdict, chain: chain).map { .verdict($0) }
        }
        return unsafe ElementData(raw.data, count: raw.data_length).map { .data($0) }
    }

    private func comment(of raw: borrowing cnf_element) -> String? {
        guard let start = unsafe raw.user_data else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(raw.user_data_length))
        return unsafe UserData.leadingText(in: bytes)
    }
}

extension Element {
    fileprivate func through(_ lastKey: ElementData?) -> Element {
        Element(key, through: lastKey, value: value, comment: comment)
    }
}

extension ElementData {
    /// Copies bytes of a message, and fills them up to whole registers; nil if there are none or
    /// too many.
    init?(_ bytes: UnsafeRawPointer?, count: UInt16) {
        guard let bytes = unsafe bytes, count > 0, count <= Self.maximumRegisters * 4 else {
            return nil
        }
        self.init()
        var offset = 0
        while offset + 4 <= Int(count) {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            append(register: UInt32(bigEndian: word))
            offset += 4
        }
        guard offset < Int(count) else { return }
        var word: UInt32 = 0
        for index in offset..<Int(count) {
            let byte = unsafe bytes.load(fromByteOffset: index, as: UInt8.self)
            word |= UInt32(byte) << (8 * UInt32(3 - (index - offset)))
        }
        append(register: word)
    }
}
