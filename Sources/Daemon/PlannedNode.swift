import APIClient
import Forwarding
import Foundation
import KubeAPI
import Netfilter
import NodeProxy
import ObjectStore
import Ruleset
import ServiceTranslation
import TableSync

/// The tables planned for a node, made by a tool and not by a daemon.
package struct PlannedNode {
    private let table: ForwardingTable

    /// Reads the objects once and plans for the node.
    ///
    /// What had to be left out is said on standard error. With `--manifests` the allocations of
    /// the state directory are honoured if it has any, and not changed.
    package init(
        source: StateSource?, node: NodeSettings, ranges: RangeSettings, common: CommonSettings
    ) async throws {
        let snapshot: ClusterSnapshot
        switch source {
        case .manifests(let path):
            snapshot = try await Self.read(manifests: path, ranges: ranges, common: common)
        case .api(let source):
            snapshot = try await Self.read(APITarget.named(by: source))
        case nil: throw ConfigurationError.noSource
        }
        let name = node.nodeName ?? HostName.short
        var configuration = NodeProxyConfiguration(
            nodeName: name, serviceRanges: ranges.service, podRanges: ranges.pods,
            nodePortAddresses: node.nodePortAddresses, hasCounters: node.hasCounters,
            ownsTables: node.mayOwnTables && Self.kernelHasOwnedTables())
        configuration.opensClusterIPs = node.opensClusterIPs
        let plan = NodePlan(configuration)
        if snapshot.nodes[name] == nil {
            ToolWarning.say("there is no Node \(name): nodePorts and local endpoints are left out")
        }
        var table = ForwardingTable(
            layout: plan.layout, surroundings: plan.surroundings(in: snapshot))
        let translated = snapshot.services.keys.sorted().map {
            ($0, plan.translate($0, in: snapshot))
        }
        for problem in translated.flatMap(\.1.problems) { ToolWarning.say("\(problem)") }
        let replacement = table.replace(translated.map { ($0.0, $0.1.entries) })
        for conflict in replacement.conflicts { ToolWarning.say("\(conflict)") }
        self.table = table
    }

    /// The whole ruleset as nft text, or as one JSON object that holds it.
    package func rules(asJSON: Bool) throws -> String {
        let text = RulesetText.text(of: table.ruleset)
        return asJSON ? try JSONText.text(of: ["ruleset": text]) : text
    }

    /// What differs between the kernel and the plan.
    package func difference() throws -> Difference {
        try RoleContext.requireRoot("diff")
        var socket = try NetfilterSocket()
        // Nobody owns the tables of a proxy that ended; the next one claims them as they are.
        let difference = try KernelDifference(from: table, with: &socket, claims: false)
        return Difference(difference.changes(to: table))
    }

    private static func read(
        manifests path: String, ranges: RangeSettings, common: CommonSettings
    ) async throws -> ClusterSnapshot {
        let store = try await LoadedManifests.store(path: path, ranges: ranges, common: common)
        var snapshot = ClusterSnapshot()
        for kind in [ResourceKind.services, .endpointslices, .nodes] {
            for stored in try store.list(ListRequest(kind)).objects {
                switch stored.object {
                case .service(let object): _ = snapshot.upsert(object)
                case .endpointSlice(let object): _ = snapshot.upsert(object)
                case .node(let object): _ = snapshot.upsert(object)
                case .endpoints, .pod, .lease: break
                }
            }
        }
        return warned(snapshot)
    }

    private static func read(_ target: APITarget) async throws -> ClusterSnapshot {
        let client = APIClient(target)
        var snapshot = ClusterSnapshot()
        do {
            _ = snapshot.replaceServices(try await client.list(ServiceObject.self))
            _ = snapshot.replaceSlices(try await client.list(EndpointSliceObject.self))
            _ = snapshot.replaceNodes(try await client.list(NodeObject.self))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        return warned(snapshot)
    }

    private static func warned(_ snapshot: ClusterSnapshot) -> ClusterSnapshot {
        var snapshot = snapshot
        for problem in snapshot.takeProblems() { ToolWarning.say("\(problem)") }
        return snapshot
    }

    private static func kernelHasOwnedTables() -> Bool {
        do throws(NetfilterError) {
            var socket = try NetfilterSocket()
            return try socket.supportsTableOwnership()
        } catch {
            return false
        }
    }
}

/// The host's name as a Node bears it: without a domain, in lower case.
enum HostName {
    static var short: String {
        (ProcessInfo.processInfo.hostName.split(separator: ".").first ?? "localhost").lowercased()
    }
}

extension APITarget {
    /// The API that a flag names.
    static func named(by source: APISource?) throws -> APITarget {
        switch source {
        case .url(let url):
            do {
                return try APITarget(url: url)
            } catch {
                throw ConfigurationError("--api", "\(error)")
            }
        case .kubeconfig(let path):
            do {
                return try Kubeconfig.target(file: path)
            } catch {
                throw ConfigurationError("--kubeconfig", "\(error)")
            }
        case nil:
            throw ConfigurationError(
                "--api", "say where the state comes from: --api URL or --kubeconfig FILE")
        }
    }
}
