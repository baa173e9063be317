import Addressing
import Foundation
import LoadBalancer

/// Who is kept away from a balancer's addresses: said to the daemon by the tool.
package enum BalancerBlocks {
    /// A block as it is told.
    private struct Listed: Codable {
        let block: String
        let since: String
        let until: String?

        init(_ entry: Blocklist.Entry) {
            block = entry.block
            since = entry.since.formatted(.iso8601)
            until = entry.until?.formatted(.iso8601)
        }
    }

    private static let listPath = "/blocklist"
    private static let blockPath = "/block"
    private static let unblockPath = "/unblock"

    /// Who is blocked, as JSON.
    static func page(of balancer: LoadBalancer) -> StatusPage {
        StatusPage(listPath) {
            let listed = await balancer.blocked().map { Listed($0) }
            return .init(json: (try? JSONText.text(of: listed)) ?? "[]")
        }
    }

    /// Carries out what is posted: `?block=BLOCK`, and optionally `seconds`.
    static func actions(of balancer: LoadBalancer) -> [StatusAction] {
        [
            StatusAction(blockPath) { query in
                await act(query) { block in
                    let time = query["seconds"].flatMap(Int.init).map { Duration.seconds($0) }
                    return try await balancer.block(block, for: time)
                        ? nil : "there are \(Blocklist.limit) blocks already"
                }
            },
            StatusAction(unblockPath) { query in
                await act(query) { block in
                    try await balancer.unblock(block) ? nil : "\(block) is not blocked"
                }
            },
        ]
    }

    private static func act(
        _ query: [String: String], _ body: (CIDRBlock) async throws -> String?
    ) async -> StatusPage.Answer {
        guard let block = query["block"].flatMap({ CIDRBlock($0) }) else {
            return .init(text: "what is to be blocked has to be named", isWell: false)
        }
        do {
            let refusal = try await body(block)
            return .init(text: refusal ?? "done", isWell: refusal == nil)
        } catch {
            return .init(
                text: "it may not be done, or not outlive a restart: \(error)", isWell: false)
        }
    }

    /// Has the balancer of this host block an address or a CIDR block.
    package static func block(
        _ text: String, for time: String?, common: CommonSettings
    ) async throws {
        var uri = blockPath + "?block=" + BalancerOrders.encoded("\(try Self.block(text))")
        if let time {
            let duration = try SettingText.duration(time, flag: "--for")
            guard duration >= .seconds(1), duration <= Blocklist.longestTime else {
                throw ConfigurationError("--for", "\"\(time)\" is not from 1s to ten years")
            }
            uri += "&seconds=\(duration.components.seconds)"
        }
        _ = try await DaemonSocket(role: "balancer", common: common).post(uri)
    }

    /// Has the balancer of this host take a block back.
    package static func unblock(_ text: String, common: CommonSettings) async throws {
        let block = try Self.block(text)
        _ = try await DaemonSocket(role: "balancer", common: common)
            .post(unblockPath + "?block=" + BalancerOrders.encoded("\(block)"))
    }

    /// Who is blocked, as the balancer tells it.
    package static func json(common: CommonSettings) async throws -> String {
        try await DaemonSocket(role: "balancer", common: common).get(listPath)
    }

    /// Who is blocked, as a table.
    package static func text(common: CommonSettings) async throws -> String {
        let json = try await json(common: common)
        do {
            let listed = try JSONDecoder().decode([Listed].self, from: Data(json.utf8))
            return BalancerReport.table(
                ["BLOCK", "SINCE", "UNTIL"],
                listed.map { [$0.block, $0.since, $0.until ?? "unblocked"] }
            ).joined(separator: "\n")
        } catch {
            throw ToolFailure("the balancer's blocklist cannot be read: \(error)")
        }
    }

    /// One address is the block of itself.
    private static func block(_ text: String) throws(ConfigurationError) -> CIDRBlock {
        if let block = CIDRBlock(text) { return block }
        guard let address = IPAddress(text),
            let block = CIDRBlock(address, prefixLength: address.family.addressBits)
        else {
            throw ConfigurationError(
                "ADDRESS", "\"\(text)\" is not an address or a CIDR block such as 203.0.113.0/24")
        }
        return block
    }
}
