import ArgumentParser
import Daemon

struct EnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print the variables a container gets, or run a command with them.",
        discussion: """
            Services of the pod's namespace that existed before the pod, default/kubernetes, and \
            the pod's own variables. With --exec the exit status is the command's; 127 if there is \
            no such command, 126 if it cannot be run.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var ranges: RangeOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "NAMESPACE/NAME of a pod; this or --namespace is needed.")
    var pod: String?

    @Option(help: "A namespace: what a pod would get that is made there now.")
    var namespace: String?

    @Option(help: "Whose own variables count; the pod's first container by default.")
    var container: String?

    @Option(help: "shell (export NAME='value'), env (NAME=value) or json.")
    var format = "shell"

    @Flag(help: "Say which Services were left out, and why.")
    var explain = false

    @Option(
        parsing: .remaining,
        help: "Run a command, which is all that follows, with the variables added.")
    var exec: [String] = []

    func run() async throws {
        let format = try output.isJSON ? EnvironmentFormat.json : EnvironmentFormat(format)
        let tool = try await PodEnvironmentTool(
            EnvironmentSubject(pod: pod, namespace: namespace, container: container),
            source: source.source(), ranges: ranges.settings(), common: common.settings())
        if !exec.isEmpty { try tool.start(exec, isExplained: explain) }
        let text = try tool.text(format, isExplained: explain)
        if !text.isEmpty { print(text) }
    }
}
