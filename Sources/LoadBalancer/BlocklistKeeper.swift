import Addressing
import FoundationEssentials
import Logging
import Ruleset
import StateFiles

/// Keeps who is blocked: in the kernel, whose clock ends it, and in a file, so that it outlives a
/// restart of the host as well.
actor BlocklistKeeper {
    /// Makes the kernel hold these elements.
    typealias Fill = @Sendable ([TableFamily: [TimedElement]]) async throws -> Void

    private var list: Blocklist
    private let file: JSONFile<[Blocklist.Entry]>?
    private let fill: Fill
    private let logger: Logger
    /// True once the tables stand: before that there is nothing to fill.
    private var hasTables = false

    init(file: JSONFile<[Blocklist.Entry]>?, logger: Logger, fill: @escaping Fill) {
        self.file = file
        self.fill = fill
        self.logger = logger
        list = Blocklist(file?.read() ?? [])
    }

    /// Who is blocked now.
    func entries() -> [Blocklist.Entry] { list.entries(at: .now) }

    /// Blocks addresses; false if there are too many blocks.
    func block(_ block: CIDRBlock, for time: Duration?) async throws -> Bool {
        let now = Date.now
        let until = time.map { now + $0 / .seconds(1) }
        guard list.block(block, since: now, until: until) else { return false }
        logger.notice(
            "blocked",
            metadata: ["block": "\(block)", "for": "\(time.map { "\($0)" } ?? "ever")"])
        try await keep()
        return true
    }

    /// Takes a block back; false if it was not blocked.
    func unblock(_ block: CIDRBlock) async throws -> Bool {
        guard list.unblock(block, at: .now) else { return false }
        logger.notice("unblocked", metadata: ["block": "\(block)"])
        try await keep()
        return true
    }

    /// Fills the kernel's lists, whose tables have been made or repaired; failing at it is said,
    /// and stops nothing.
    func tablesStand() async {
        hasTables = true
        do {
            try await write()
        } catch {
            logger.error(
                "the blocklist could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func keep() async throws {
        try file?.write(list.entries(at: .now))
        if hasTables { try await write() }
    }

    private func write() async throws {
        let now = Date.now
        try await fill(
            Dictionary(
                uniqueKeysWithValues: IPFamily.allCases.map {
                    (TableFamily($0), list.elements(of: $0, at: now))
                }))
    }
}
