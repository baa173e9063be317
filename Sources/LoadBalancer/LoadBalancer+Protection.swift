package import Addressing
package import TableSync

/// Who is kept away from the addresses, and how much of that there was.
extension LoadBalancer {
    /// Blocks addresses, also over a restart; false if there are too many blocks.
    package func block(_ block: CIDRBlock, for time: Duration?) async throws -> Bool {
        try await blocklist.block(block, for: time)
    }

    /// Takes a block back; false if it was not blocked.
    package func unblock(_ block: CIDRBlock) async throws -> Bool {
        try await blocklist.unblock(block)
    }

    /// Who is blocked now.
    package func blocked() async -> [Blocklist.Entry] { await blocklist.entries() }

    /// What the kernel has dropped; nothing if it cannot be read.
    package func refusals() async -> [RefusalCount] { (try? await refusalCounter.read()) ?? [] }

    /// The same as Prometheus reads it.
    package func refusalMetrics() async -> String {
        RefusalText.text(of: await refusals(), blocked: await blocked().count)
    }
}
