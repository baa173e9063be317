import ArgumentParser
import Daemon

@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Kubernetes Services on plain Linux hosts, on the kernel's nftables.",
        discussion: """
            Long-running roles: api, proxy, balancer, dns, run. Tools: rules, diff, env, \
            resolvconf, cleanup. \
            Every flag but --output is read from the environment as well: --service-cidr from \
            SLUICE_SERVICE_CIDR. Exit status: 0 done, 1 failed (or differences found by diff), \
            2 usage.
            """,
        version: DaemonVersion.text,
        subcommands: [
            APICommand.self, ProxyCommand.self, BalancerCommand.self, DNSCommand.self,
            RunCommand.self,
            RulesCommand.self, DiffCommand.self, EnvCommand.self, ResolvconfCommand.self,
            CleanupCommand.self,
        ])

    /// Ends with 2 for a wrong command line, as the shell's own tools do.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ConfigurationError {
            Terminal.fail("sluice: \(error)", status: 2)
        } catch let error as ToolFailure {
            Terminal.fail(error.message.map { "sluice: \($0)" }, status: error.status)
        } catch {
            let status = exitCode(for: error)
            guard status == .validationFailure else {
                guard status == .success else { Terminal.fail("sluice: \(error)", status: 1) }
                exit(withError: error)
            }
            Terminal.fail(fullMessage(for: error), status: 2)
        }
    }
}
