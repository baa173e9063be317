internal import CNetfilter
internal import Glibc

/// The connection tracking table of one network namespace.
///
/// Every call blocks until the kernel has answered: call from a queue or thread of its own, never
/// from the cooperative pool. With 130,000 flows (optimised build) it takes 0.06 s to find that a
/// node has no unanswered IPv4 flow, 0.4 s to read every flow and 0.8 s to delete them all.
package struct ConntrackSocket: ~Copyable, Sendable {
    private var socket: NetworkSocket
    /// Whether the kernel narrows listings, which spares copying flows that nobody asked for.
    ///
    /// The answers are the same without; a kernel that refuses is asked for everything.
    package var filtersInKernel = true
    /// Up to so many flows are looked through as text, which costs the host far less; the answers
    /// are the same.
    package var mostFlowsAsText = ConntrackText.maximumFlows
    private let text: ConntrackText

    /// Opens the table of the namespace that `ip netns` calls so, or of the calling thread's own.
    package init(inNamespace namespace: String? = nil) throws(NetworkError) {
        socket = try NetworkSocket(protocolNumber: NETLINK_NETFILTER, inNamespace: namespace)
        text = ConntrackText(namespace: namespace)
    }

    /// The TCP, UDP and SCTP flows that the filter means.
    package mutating func flows(
        matching filter: FlowFilter = FlowFilter()
    ) throws(NetworkError) -> [Flow] {
        try flows(matchingAnyOf: [filter])
    }

    /// The TCP, UDP and SCTP flows that at least one of the filters means, with one look.
    package mutating func flows(anyOf filters: [FlowFilter]) throws(NetworkError) -> [Flow] {
        try flows(matchingAnyOf: filters)
    }

    /// Deletes the flows that the filter means and says how many went.
    ///
    /// - Precondition: the filter names a frontend, a backend or a node.
    @discardableResult
    package mutating func delete(where filter: FlowFilter) throws(NetworkError) -> Int {
        try delete(anyOf: [filter])
    }

    /// Deletes the flows that at least one filter means, with one look at the table, and says how
    /// many went.
    ///
    /// A flow that ended meanwhile is no error. One that was unanswered when the table was read,
    /// and is answered microseconds later, goes too: the kernel deletes without conditions.
    ///
    /// - Precondition: each filter names a frontend, a backend or a node.
    @discardableResult
    package mutating func delete(anyOf filters: [FlowFilter]) throws(NetworkError) -> Int {
        try deleteFlows(anyOf: filters).count
    }

    /// Does the same and tells the flows that went.
    package mutating func deleteFlows(
        anyOf filters: [FlowFilter]
    ) throws(NetworkError) -> [Flow] {
        precondition(filters.allSatisfy(\.namesAnEnd), "a filter would delete unrelated flows")
        return try delete(try flows(matchingAnyOf: filters))
    }

    /// Deletes these flows, as they were listed, and tells those that were still there.
    package mutating func delete(_ flows: [Flow]) throws(NetworkError) -> [Flow] {
        var gone: Set<Int> = []
        let deletions = flows.map(ConntrackMessage.delete)
        try socket.perform(deletions) { (index, code) throws(NetworkError) in
            guard code == ENOENT else { throw deletions[index].error(code) }
            gone.insert(index)
        }
        guard !gone.isEmpty else { return flows }
        return flows.indices.filter { !gone.contains($0) }.map { flows[$0] }
    }

    /// How many flows of all protocols the namespace has, and how many the host allows each.
    package mutating func usage() throws(NetworkError) -> ConntrackUsage {
        let usages = try socket.exchange(ConntrackMessage.readCount()) { message in
            ConntrackUsage(ctnetlink: message)
        }
        guard let usage = usages.first else {
            throw ConntrackMessage.readCount().error(EBADMSG)
        }
        return usage
    }

    private mutating func flows(
        matchingAnyOf filters: [FlowFilter]
    ) throws(NetworkError) -> [Flow] {
        guard !filters.isEmpty else { return [] }
        let index = FlowFilterIndex(filters)
        if filters.allSatisfy(\.namesAnEnd), let flows = try flowsByText(index) { return flows }
        let common = FlowFilter.common(of: filters)
        do throws(NetworkError) {
            return try list(common, index, filtersInKernel: filtersInKernel)
        } catch {
            guard filtersInKernel, error.code == EOPNOTSUPP || error.code == EINVAL else {
                throw error
            }
            return try list(common, index, filtersInKernel: false)
        }
    }

    /// Finds the flows in the text and asks for each that is meant; nil if there is no text, or if
    /// there are too many flows for it.
    private mutating func flowsByText(_ index: FlowFilterIndex) throws(NetworkError) -> [Flow]? {
        guard mostFlowsAsText > 0, try usage().count <= mostFlowsAsText else { return nil }
        let meant: [Flow]
        do throws(NetworkError) {
            guard let flows = try text.flows() else { return nil }
            meant = flows.filter(index.matches)
        } catch {
            mostFlowsAsText = 0
            return nil
        }
        var found: [Flow] = []
        for flow in meant {
            do throws(NetworkError) {
                found += try socket.exchange(ConntrackMessage.find(flow)) { message in
                    Flow(ctnetlink: message)
                }
            } catch {
                guard error.isNotFound else { throw error }
            }
        }
        return found.filter(index.matches)
    }

    private mutating func list(
        _ common: FlowFilter, _ index: FlowFilterIndex, filtersInKernel: Bool
    ) throws(NetworkError) -> [Flow] {
        try socket.exchange(
            ConntrackMessage.list(common, filtersInKernel: filtersInKernel)
        ) { message in
            Flow(ctnetlink: message).flatMap { flow in index.matches(flow) ? flow : nil }
        }
    }
}

/// How full the connection tracking table is.
package struct ConntrackUsage: Hashable, Sendable {
    /// The flows of the namespace (`nf_conntrack_count`).
    package let count: Int
    /// The most a namespace may have (`nf_conntrack_max`); packets of further flows are dropped.
    package let limit: Int

    fileprivate init?(ctnetlink message: ArraySlice<UInt8>) {
        var count: UInt32?
        var limit: UInt32?
        for (kind, value) in NetworkAttributes(message.dropFirst(ConntrackMessage.headerLength)) {
            switch kind {
            case ConntrackAttribute.flowCount: count = value.networkNumber()
            case ConntrackAttribute.flowLimit: limit = value.networkNumber()
            default: break
            }
        }
        guard let count, let limit else { return nil }
        self.count = Int(count)
        self.limit = Int(limit)
    }
}
