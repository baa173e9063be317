import Addressing
import Testing

@testable import Daemon

@Suite("Settings as they come from flags and the environment")
struct SettingTextTests {
    @Test(
        "durations have a unit",
        arguments: [
            ("200ms", Duration.milliseconds(200)), ("2s", .seconds(2)), ("1m", .seconds(60)),
            ("3h", .seconds(10_800)),
        ])
    func durations(text: String, duration: Duration) throws {
        #expect(try SettingText.duration(text, flag: "--check-interval") == duration)
    }

    @Test(
        "a duration without a unit, or with an odd one, is refused by the flag's name",
        arguments: [
            "2", "", "s", "2 s", "-1s", "1d", "99999999999s",
        ])
    func oddDurations(text: String) {
        #expect {
            try SettingText.duration(text, flag: "--check-interval")
        } throws: { error in
            (error as? ConfigurationError)?.flag == "--check-interval"
        }
    }

    @Test("a share is from 0 to 100, and some durations are longer than zero")
    func bounds() throws {
        #expect(try SettingText.percent("0", flag: "--panic-threshold") == 0)
        #expect(try SettingText.percent("100", flag: "--panic-threshold") == 100)
        for text in ["-1", "101", "5%", ""] {
            #expect(throws: ConfigurationError.self) {
                try SettingText.percent(text, flag: "--panic-threshold")
            }
        }
        #expect(
            try SettingText.positiveDuration("1ms", flag: "--ejection-time") == .milliseconds(1))
        for text in ["0s", "1"] {
            #expect(throws: ConfigurationError.self) {
                try SettingText.positiveDuration(text, flag: "--ejection-time")
            }
        }
    }

    @Test("a service range has blocks of both families, several of each if need be")
    func ranges() throws {
        let settings = try RangeSettings(
            service: "10.96.0.0/12, fd96::/112,10.112.0.0/12", pods: "", loadBalancerPools: "")
        #expect(settings.service.map(\.family) == [.v4, .v6, .v4])
        #expect(throws: ConfigurationError.self) {
            try RangeSettings(service: "", pods: "", loadBalancerPools: "")
        }
        #expect(throws: ConfigurationError.self) {
            try SettingText.blocks("10.96.0.0", flag: "--pod-cidr")
        }
    }

    @Test("a listener is an address and a port, or a port on all addresses")
    func listeners() throws {
        #expect(try "\(SettingText.listener("127.0.0.1:6440", flag: "-"))" == "127.0.0.1:6440")
        #expect(try "\(SettingText.listener("[::1]:80", flag: "-"))" == "[::1]:80")
        #expect(try SettingText.listener(":10256", flag: "-").address == nil)
        for text in ["10256", ":0", ":70000", "localhost:80", "[::1]"] {
            #expect(throws: ConfigurationError.self) {
                try SettingText.listener(text, flag: "--listen")
            }
        }
    }

    @Test("a listener on all addresses is reached over loopback")
    func loopback() throws {
        #expect(
            try SettingText.listener(":6440", flag: "-").reachableFromHere.description
                == "127.0.0.1:6440")
        #expect(
            try SettingText.listener("0.0.0.0:6440", flag: "-").reachableFromHere.description
                == "127.0.0.1:6440")
        #expect(
            try SettingText.listener("10.0.0.1:6440", flag: "-").reachableFromHere.description
                == "10.0.0.1:6440")
    }

    @Test("a node's flags say what they take when they are wrong")
    func nodeSettings() throws {
        let settings = try NodeSettings(
            nodeName: nil, nodePortAddresses: "192.168.0.0/16,fd50::/64", tableOwner: "off",
            counters: "on")
        #expect(!settings.mayOwnTables)
        #expect(settings.hasCounters)
        #expect(throws: ConfigurationError("--counters", "\"yes\" is not on or off")) {
            try NodeSettings(
                nodeName: nil, nodePortAddresses: "primary", tableOwner: "auto", counters: "yes")
        }
        #expect(throws: ConfigurationError("--table-owner", "\"on\" is not auto or off")) {
            try NodeSettings(
                nodeName: nil, nodePortAddresses: "primary", tableOwner: "on", counters: "on")
        }
    }
}
