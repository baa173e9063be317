import ServiceTranslation
import Synchronization
import Testing

@testable import APIClient
@testable import KubeAPI
@testable import NodeProxy

@Suite("What the inbox tells of this host's Node")
struct ProxyInboxNodeTests {
    /// Whether the Node was told to be going, each time.
    private final class Said: Sendable {
        let going = Mutex<[Bool]>([])
    }

    private let said: Said
    private let inbox: ProxyInbox

    init() {
        let said = Said()
        let (_, signal) = AsyncStream.makeStream(of: Void.self)
        self.said = said
        inbox = ProxyInbox(
            plan: NodePlan(configuration()), signal: signal, problems: { _ in },
            nodeGoing: { isGoing in said.going.withLock { $0.append(isGoing) } },
            connection: { _ in })
    }

    @Test("this host's Node is going when it is marked so, tainted for deletion, or deleted")
    func nodeGoing() async {
        var marked = node(1)
        marked.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        var tainted = node(1)
        tainted.spec.taints = [
            Taint(key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule")
        ]
        var other = node(2)
        other.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        await inbox.take(nodes: .listed([node(1), other], revision: "1"))
        await inbox.take(nodes: .upserted(marked))
        await inbox.take(nodes: .upserted(node(1)))
        await inbox.take(nodes: .upserted(tainted))
        await inbox.take(nodes: .upserted(other))
        await inbox.take(nodes: .upserted(node(1)))
        await inbox.take(nodes: .deleted(node(1)))
        #expect(said.going.withLock { $0 } == [false, true, false, true, false, true])
    }

    @Test("a list without the Node tells its deletion, once, and the next one that it is back")
    func missingInList() async {
        await inbox.take(nodes: .listed([node(1), node(2)], revision: "1"))
        await inbox.take(nodes: .listed([node(2)], revision: "2"))
        await inbox.take(nodes: .listed([node(2)], revision: "3"))
        await inbox.take(nodes: .listed([node(1), node(2)], revision: "4"))
        #expect(said.going.withLock { $0 } == [false, true, false])
    }

    @Test("a Node that was never seen, or cannot be read for now, is not told to be going")
    func neverSeen() async {
        await inbox.take(nodes: .listed([node(2)], revision: "1"))
        #expect(said.going.withLock { $0 } == [])
        await inbox.take(nodes: .upserted(node(1)))
        let key = ObjectKey(kind: .nodes, namespace: "", name: "node1")
        await inbox.take(nodes: .unreadable(UnreadableObject(key: key, problem: "no address")))
        await inbox.take(nodes: .listed([node(2)], revision: "2"))
        #expect(said.going.withLock { $0 } == [false])
    }
}
