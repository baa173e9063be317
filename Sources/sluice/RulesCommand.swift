import ArgumentParser
import Daemon

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Print the ruleset planned for a node as nft text; the kernel is not touched.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var pool: PoolOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let plan = try await PlannedNode(
            source: source.source(), node: node.settings(), ranges: ranges.settings(pool: pool),
            common: common.settings())
        print(try plan.rules(asJSON: output.isJSON))
    }
}

/// How a tool prints.
struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "text or json.")
    var output = "text"

    var isJSON: Bool { output == "json" }

    func validate() throws {
        guard ["text", "json"].contains(output) else {
            throw ValidationError("--output: \"\(output)\" is not a format; write text or json")
        }
    }
}
