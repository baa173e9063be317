import ArgumentParser
import Daemon

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Print what differs between the kernel and the plan.",
        discussion: """
            Asks the daemon that runs on this host for its plan, or makes the plan itself if a \
            source is given. Exit status: 0 no difference, 1 differences or failure.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var pool: PoolOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let common = try common.settings()
        let difference: Difference
        if let source = try source.source() {
            difference = try await PlannedNode(
                source: source, node: node.settings(), ranges: ranges.settings(pool: pool),
                common: common
            ).difference()
        } else {
            difference = try await Difference.ofRunningDaemons(common: common)
        }
        print(try output.isJSON ? difference.json() : difference.text)
        if !difference.isEmpty { throw ToolFailure(status: 1) }
    }
}
