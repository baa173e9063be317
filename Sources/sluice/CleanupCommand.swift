import ArgumentParser
import Daemon

struct CleanupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup",
        abstract: "Remove everything Sluice made on this host, and prove it.",
        discussion: """
            Removes the tables, LoadBalancer addresses and routes, and sets changed sysctls back. \
            Allocations and the rest of the state directory stay. Refuses while a daemon lives.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await Cleanup(common.settings()).run()
        print(try output.isJSON ? report.json() : report.text)
    }
}
