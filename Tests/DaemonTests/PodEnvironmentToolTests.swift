import Foundation
import Testing

@testable import Daemon

@Suite("sluice env")
struct PodEnvironmentToolTests {
    private struct Document: Decodable {
        struct Link: Decodable {
            let service: String
            let isIncluded: Bool
            let reason: String
        }

        let variables: [String: String]
        let services: [Link]
        let remarks: [String]
    }

    @Test("169, 174: a shell reads what it prints: the pod's own variables, then the services'")
    func shell() async throws {
        let manifests = try PodManifests()
        let text = try await manifests.environment(pod: "default/client", container: "app")
            .text(.shell, isExplained: false)
        #expect(
            text.hasPrefix(
                #"""
                export URL='http://10.96.0.80:80/'
                export QUOTED='it'\''s "$HOME" `x`'
                export KUBERNETES_SERVICE_HOST='10.96.0.1'
                """#))
        #expect(text.hasSuffix("export WEB_PORT_80_TCP_ADDR='10.96.0.80'"))
        #expect(!text.contains("OTHER_"))
        #expect(!text.contains("QUIET_"))
    }

    @Test("a shell gives the values back as they were")
    func shellRoundTrip() async throws {
        let manifests = try PodManifests()
        let text = try await manifests.environment(pod: "client", container: "app")
            .text(.shell, isExplained: true)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", text + "\nprintf %s \"$QUOTED\""]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let value = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        #expect(String(decoding: value, as: UTF8.self) == #"it's "$HOME" `x`"#)
    }

    @Test("explained, it says of every service why it is there or not")
    func explained() async throws {
        let manifests = try PodManifests()
        let text = try await manifests.environment(pod: "default/client", container: "app")
            .text(.env, isExplained: true)
        let lines = text.split(separator: "\n")
        #expect(
            lines.prefix(4) == [
                "# default/kubernetes: included: every pod gets it",
                "# default/quiet: left out: is headless: it has no address of its own",
                "# default/web: included: was created in the same second as the pod, which counts "
                    + "as before it",
                "URL=http://10.96.0.80:80/",
            ])
    }

    @Test("175: JSON has the variables, and what was decided about each service")
    func json() async throws {
        let manifests = try PodManifests()
        let text = try await manifests.environment(pod: "shop/bare").text(.json, isExplained: true)
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        #expect(document.variables["KUBERNETES_SERVICE_HOST"] == "10.96.0.1")
        #expect(document.variables["OTHER_SERVICE_HOST"] == nil)
        #expect(document.services.map(\.service) == ["default/kubernetes", "shop/other"])
        #expect(document.services.map(\.isIncluded) == [true, false])
        #expect(document.services[1].reason == "the pod says enableServiceLinks: false")
        #expect(document.remarks.isEmpty)
    }

    @Test("of a namespace it prints what a pod made there now would get")
    func namespace() async throws {
        let manifests = try PodManifests()
        let text = try await manifests.environment(namespace: "shop")
            .text(.env, isExplained: false)
        #expect(text.contains("OTHER_PORT_8080_UDP=udp://10.96.0.81:8080"))
        #expect(text.contains("KUBERNETES_SERVICE_PORT=443"))
        #expect(!text.contains("WEB_"))
    }

    @Test("what a format cannot say is left out or refused, never said wrongly")
    func unspeakable() async throws {
        let manifests = try PodManifests()
        let side = try await manifests.environment(pod: "client", container: "side")
        let shell = try side.text(.shell, isExplained: false)
        #expect(
            shell.hasPrefix("export LINES='one\ntwo'\n# not.a.name: no shell has such a name\n"))
        #expect {
            try side.text(.env, isExplained: false)
        } throws: {
            "\($0)".hasPrefix("LINES has several lines")
        }
    }

    @Test("a pod or container that is not there is a failure that names it")
    func absent() async throws {
        let manifests = try PodManifests()
        for (pod, container, message) in [
            ("default/nobody", nil, "there is no Pod default/nobody"),
            ("client", "c", "the pod has no container c; it has app, side"),
        ] as [(String, String?, String)] {
            let failure = await #expect(throws: ToolFailure.self) {
                try await manifests.environment(pod: pod, container: container)
            }
            #expect(failure?.message == message)
        }
    }

    @Test("what is asked about is one pod or one namespace")
    func subjects() throws {
        #expect(throws: ConfigurationError.self) {
            try EnvironmentSubject(pod: nil, namespace: nil, container: nil)
        }
        #expect(throws: ConfigurationError.self) {
            try EnvironmentSubject(pod: "a/b", namespace: "a", container: nil)
        }
        #expect(throws: ConfigurationError.self) {
            try EnvironmentSubject(pod: nil, namespace: "a", container: "c")
        }
        for text in ["", "/", "a/", "/b", "a/b/c"] {
            #expect(throws: ConfigurationError.self) { try PodName(text) }
        }
        #expect(try PodName("web-1").description == "default/web-1")
        #expect(throws: ConfigurationError.self) { try EnvironmentFormat("yaml") }
    }

    @Test("without a source it says which flags there are")
    func withoutSource() async throws {
        let manifests = try PodManifests()
        let error = await #expect(throws: ConfigurationError.self) {
            try await PodEnvironmentTool(
                EnvironmentSubject(pod: "a/b", namespace: nil, container: nil), source: nil,
                ranges: PodManifests.ranges(), common: manifests.common)
        }
        #expect(error?.message.contains("--kubeconfig") == true)
    }
}
