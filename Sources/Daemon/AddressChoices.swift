import LoadBalancer

/// Where a balancer puts the addresses of Services, and when, as flags say it.
package struct AddressChoices: Sendable {
    let holding: AddressHolding
    let withdrawal: WithdrawalRule

    /// Reads the flags.
    package init(
        announce: String, interface: String?, pair: PairChoices, probe: String,
        onStop: String, withdraw: String
    ) throws(ConfigurationError) {
        var holding = AddressHolding(try Self.place(announce, interface: interface))
        holding.device = interface
        guard holding.place != .nowhere || pair.condition == .always else {
            throw ConfigurationError(
                "--pair, --follow-address", "decide about no address with --announce none")
        }
        holding.condition = pair.condition
        holding.probes = try SettingText.choice(probe, flag: "--probe", yes: "on", no: "off")
        holding.releasesOnStop = try SettingText.choice(
            onStop, flag: "--on-stop", yes: "release", no: "keep")
        self.holding = holding
        guard let withdrawal = WithdrawalRule(rawValue: withdraw) else {
            throw ConfigurationError(
                "--withdraw", "\"\(withdraw)\" is not empty, unhealthy or never")
        }
        self.withdrawal = withdrawal
    }

    private static func place(
        _ announce: String, interface: String?
    ) throws(ConfigurationError) -> AddressHolding.Place {
        switch announce {
        case "arp":
            guard let interface else {
                throw ConfigurationError(
                    "--interface",
                    "is needed: the interface that bears the LoadBalancer addresses")
            }
            return .link(interface: interface)
        case "route": return .host
        case "none": return .nowhere
        default:
            throw ConfigurationError("--announce", "\"\(announce)\" is not arp, route or none")
        }
    }
}
