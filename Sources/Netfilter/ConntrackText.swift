internal import Addressing
internal import CNetfilter
internal import Glibc

/// The flows of a namespace as the kernel writes them for people, in `/proc/net/nf_conntrack`.
///
/// A listing by netlink takes the lock of each bucket of the table and holds softirqs off from
/// beginning to end: 11 ms with 262,144 buckets, however few flows are in them
/// (`ctnetlink_dump_table`). The text takes no lock and comes a page at a time (`ct_seq_next`):
/// 0.2 ms for as many empty buckets and 2 µs for each flow (Linux 6.18). The text leaves out
/// a flow's identity, and kernels may be built without it (`CONFIG_NF_CONNTRACK_PROCFS`).
struct ConntrackText: Hashable, Sendable {
    /// Kernels before 6.17 go through the table anew for each page of about 25 flows, so that
    /// many flows take longer than by netlink.
    static let maximumFlows = 4_000
    /// A line has up to 400 bytes; more text than so many flows can need is not read.
    private static let maximumBytes = 2 << 20
    /// The kernel gives a page at a time, whatever room there is.
    private static let pageBytes = 4_096

    /// The namespace that `ip netns` calls so; nil stands for the calling thread's own.
    let namespace: String?

    /// The TCP, UDP and SCTP flows, with 0 for their identity; nil if they are too many, or if the
    /// kernel does not write them in a way that is understood.
    ///
    /// - Throws: `NetworkError` of operation `.listFlows` if there is no such file, or if it may
    ///   not be read.
    func flows() throws(NetworkError) -> [Flow]? {
        let failure = { NetworkError(operation: .listFlows, code: $0, subject: "") }
        let file = try NetworkDescriptor(
            path: "/proc/thread-self/net/nf_conntrack", flags: O_RDONLY, inNamespace: namespace,
            failure: failure)
        var text: [UInt8] = []
        var page = [UInt8](repeating: 0, count: Self.pageBytes)
        while text.count < Self.maximumBytes {
            let count = try file.call(failure: failure) { fd in
                unsafe page.withUnsafeMutableBytes { bytes in
                    unsafe cnf_net_read(fd, bytes.baseAddress, bytes.count)
                }
            }
            guard count > 0 else { return Self.flows(in: String(decoding: text, as: UTF8.self)) }
            text += page.prefix(count)
        }
        return nil
    }

    /// What the lines of a text say; nil if one of a transport with ports is not understood.
    static func flows(in text: String) -> [Flow]? {
        var flows: [Flow] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            // The family's name and number come first: `ipv4 2 tcp 6 …`.
            guard words.count > 3, let number = UInt8(Substring(words[3])) else { return nil }
            guard let transport = TransportProtocol(rawValue: number) else { continue }
            guard let flow = Flow(words: words[4...], transport) else { return nil }
            flows.append(flow)
        }
        return flows
    }
}

extension Flow {
    /// Reads what follows the transport: both directions as `src=… dst=… sport=… dport=…`, and in
    /// any place among them the state, marks in brackets, and more under names of its own.
    fileprivate init?(words: ArraySlice<Substring.UTF8View>, _ transport: TransportProtocol) {
        var original = DirectionWords()
        var reply = DirectionWords()
        var status: FlowStatus = [.confirmed, .seenReply]
        var state: TCPState?
        var zone: UInt16 = 0
        for word in words.lazy.map(Substring.init) {
            if original.take(word) || reply.take(word) { continue }
            switch word {
            case "[UNREPLIED]": status.remove(.seenReply)
            case "[ASSURED]": status.insert(.assured)
            case _ where word.utf8.starts(with: "zone=".utf8):
                zone = UInt16(word.dropFirst("zone=".utf8.count)) ?? 0
            default: if transport == .tcp, state == nil { state = TCPState(text: word) }
            }
        }
        guard let original = original.direction, let reply = reply.direction else { return nil }
        if !original.isAnswered(by: reply) { status.insert(.destinationNAT) }
        if !reply.isAnswered(by: original) { status.insert(.sourceNAT) }
        self.init(
            transport: transport, original: original, reply: reply, status: status,
            tcpState: state, id: 0, zone: zone)
    }
}

/// What is known of a direction while its words are read.
private struct DirectionWords {
    private var source: IPAddress?
    private var destination: IPAddress?
    private var sourcePort: UInt16?
    private var destinationPort: UInt16?

    /// Nil as long as anything is missing.
    var direction: FlowDirection? {
        guard let source, let sourcePort, let destination, let destinationPort else { return nil }
        return FlowDirection(
            source: source, sourcePort: sourcePort, destination: destination,
            destinationPort: destinationPort)
    }

    /// Takes a word that tells what is not known yet; false if it tells something else.
    mutating func take(_ word: Substring) -> Bool {
        Self.take(word, "src=", IPAddress.init, into: &source)
            || Self.take(word, "dst=", IPAddress.init, into: &destination)
            || Self.take(word, "sport=", { UInt16($0) }, into: &sourcePort)
            || Self.take(word, "dport=", { UInt16($0) }, into: &destinationPort)
    }

    private static func take<Value>(
        _ word: Substring, _ name: String, _ read: (Substring) -> Value?,
        into value: inout Value?
    ) -> Bool {
        guard value == nil, word.utf8.starts(with: name.utf8) else { return false }
        value = read(word.dropFirst(name.utf8.count))
        return true
    }
}

extension FlowDirection {
    /// Whether the other direction's packets come from where these go to.
    fileprivate func isAnswered(by other: FlowDirection) -> Bool {
        destination == other.source && destinationPort == other.sourcePort
    }
}

extension TCPState {
    /// Reads the kernel's name for a state (`tcp_conntrack_names`).
    fileprivate init?(text: Substring) {
        let names = [
            "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK",
            "TIME_WAIT", "CLOSE", "SYN_SENT2",
        ]
        guard let number = names.firstIndex(where: { $0 == text }) else { return nil }
        self.init(rawValue: UInt8(number))
    }
}
