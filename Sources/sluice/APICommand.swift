import ArgumentParser
import Daemon

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Serve objects from manifests in Kubernetes' own protocol.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var pool: PoolOptions

    @Option(help: "Required. A folder or file of Kubernetes manifests, watched for changes.")
    var manifests: String?

    @Option(help: "ADDRESS:PORT to listen on.")
    var listen = Terminal.environment("listen") ?? "127.0.0.1:6440"

    func run() async throws {
        guard let manifests = manifests ?? Terminal.environment("manifests") else {
            throw ConfigurationError("--manifests", "is needed: a folder or file of manifests")
        }
        try await Roles.api(
            APISettings(
                manifests: manifests, listen: SettingText.listener(listen, flag: "--listen"),
                ranges: ranges.settings(pool: pool)),
            common: common.settings())
    }
}
