import Foundation
import LabKit
import Testing

extension Behaviours {
    @Suite("6 Robustness")
    struct Robustness {
        @Test("117: segments of no window, sent by the server's host, do not end a connection",
            arguments: Family.allCases)
        func strays(family: Family) async throws {
            let bed = Bed(117, family)
            var service = bed.service("NodePort")
            service.ports = [
                .init(name: "stray", port: 80, targetPort: "9117", nodePort: 31_117)
            ]
            try await bed.serving(service, on: ["node2-pod1"]) {
                let server = try bed.startTool(
                    "stray.py", on: "node2-pod1",
                    ["serve", TestBed.address(of: "node2-pod1", family), "9117"])
                defer { server.signal(9) }
                try await eventually("the server listens") { server.said.contains("ready") }
                for (client, spot, port) in [
                    ("node2-pod2", Spot.clusterIP, "80"), ("node1-pod1", .clusterIP, "80"),
                    ("node1", .clusterIP, "80"), ("client", .node("node2"), "31117"),
                    ("node2", .clusterIP, "80"),
                ] {
                    let address = bed.address(spot)
                    let answer = try await bed.startTool(
                        "stray.py", on: client, ["ask", address, port]
                    ).finish().checked().text
                    #expect(answer == "fine\n", "\(client) → \(address)")
                }
            }
        }

        @Test("118: the time for CLOSE_WAIT, which is not Sluice's, is left as it was")
        func closeWait() async throws {
            let setting = "net.netfilter.nf_conntrack_tcp_timeout_close_wait"
            let lab = Lab.shared
            let untouched = try await lab.exec("client", "sysctl", "-n", setting)
            for node in Lab.nodes {
                #expect(try await lab.exec(node, "sysctl", "-n", setting) == untouched)
            }
        }

        @Test("119: connections to a removed endpoint that lives go on", arguments: Family.allCases)
        func removedEndpoint(family: Family) async throws {
            let bed = Bed(119, family)
            let service = bed.keptAlive("NodePort")
            try await bed.serving(service, on: ["node1-pod1"]) {
                for (client, spot) in [
                    ("node2-pod1", Spot.clusterIP), ("client", .node("node2")),
                    ("node3", .clusterIP),
                ] {
                    try await bed.change(service, on: ["node1-pod1"])
                    try await bed.expectKept(from: client, to: spot, by: "node1-pod1-kept") {
                        try await bed.change(service, on: ["node3-pod1"])
                        try await bed.expect(
                            .answers(["node3-pod1-alt"]), from: client, to: spot, [.udp])
                        try await bed.change(service, on: [])
                        try await bed.expect(.refused, from: client, to: spot, [.tcp])
                    }
                }
            }
        }

        @Test("120: owned tables cannot be changed by hand; plain ones come back",
            arguments: Family.allCases)
        func changedByHand(family: Family) async throws {
            let bed = Bed(120, family)
            let name = family == .v4 ? "ip" : "ip6"
            let element = "{ \(bed.address(.clusterIP)) . tcp . 80 }"
            let removal = ["nft", "delete", "element", name, "sluice", "services", element]
            try await bed.serving(bed.service(), on: ["node2-pod1"]) {
                let refusal = try await bed.lab.startInNetwork(of: "node1", removal).finish()
                #expect(refusal.status != 0)
                try await bed.expect(.answers(["node2-pod1"]), from: "node1-pod1", to: .clusterIP)
                try await bed.proxy(on: "node1", with: ["--table-owner", "off"]) {
                    for command in [removal, ["nft", "delete", "table", name, "sluice"]] {
                        _ = try await bed.lab.startInNetwork(of: "node1", command).finish()
                            .checked()
                        try await eventually("it is back", within: .seconds(5)) {
                            let target = try await bed.target(.clusterIP, .tcp)
                            return try await bed.ask(
                                1, from: "node1-pod1", to: target, milliseconds: 300
                            ).answered == 1
                        }
                    }
                }
            }
        }

        @Test("121: /healthz has lastUpdated, and fails when nothing reaches the kernel any more")
        func health() async throws {
            struct Page: Decodable {
                let lastUpdated: Date
                let currentTime: Date
            }
            let text = try await Lab.shared.exec(
                "node1", "curl", "--silent", "--fail", "http://127.0.0.1:10256/healthz")
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            let page = try decoder.decode(Page.self, from: Data(text.utf8))
            #expect(page.lastUpdated <= page.currentTime)
            #expect(abs(page.currentTime.timeIntervalSinceNow) < 10)
            let before = page.lastUpdated
            try await Task.sleep(for: .seconds(1.1))
            try await TestBed.shared.settle(.shared)
            try await eventually("lastUpdated follows") {
                let text = try await Lab.shared.exec(
                    "node1", "curl", "--silent", "http://127.0.0.1:10256/healthz")
                return try decoder.decode(Page.self, from: Data(text.utf8)).lastUpdated > before
            }
        }

        @Test("122: /proxyMode tells the mode")
        func mode() async throws {
            let answer = try await Lab.shared.exec(
                "node1", "curl", "--silent", "--fail", "http://127.0.0.1:10249/proxyMode")
            #expect(answer == "nftables")
        }

        @Test("123: a flushed ruleset: nothing is lost with owned tables, little without",
            arguments: Family.allCases)
        func flush(family: Family) async throws {
            let bed = Bed(123, family)
            try await bed.serving(bed.service(), on: ["node2-pod1", "node3-pod1"]) {
                #expect(try await losses(bed) == 0)
                try await bed.proxy(on: "node1", with: ["--table-owner", "off"]) {
                    let lost = try await losses(bed)
                    #expect(lost < 200, "of one second's 200 requests")
                }
            }
        }

        /// How many of 600 requests in three seconds fail around a flush.
        private func losses(_ bed: Bed) async throws -> Int {
            let target = try await bed.target(.clusterIP, .tcp)
            let load = try await bed.lab.underLoad(
                ["-r", "200", "-d", "3", "-n", "600", "-t", "500"], from: "node1-pod1",
                to: [target]
            ) {
                try await bed.lab.exec("node1", "nft", "flush", "ruleset")
            }
            #expect(load.answered + load.failed == 600)
            return load.failed
        }
    }
}

extension Bed {
    /// The address of a place, without its port.
    func address(_ spot: Spot) -> String {
        switch spot {
        case .clusterIP: ServiceManifest.clusterIP(number, 0, family)
        case .node(let node): TestBed.address(of: node, family)
        case .address(let address): address
        case .virtualIP: ""
        }
    }

    /// Starts one of the tools that are scripts.
    func startTool(_ name: String, on host: String, _ arguments: [String]) throws -> Program {
        try lab.startInNetwork(of: host, ["python3", Lab.tool(name)] + arguments)
    }
}
