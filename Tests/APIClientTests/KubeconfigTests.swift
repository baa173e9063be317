import Foundation
import NIOSSL
import Testing

@testable import APIClient

@Suite("Kubeconfig")
struct KubeconfigTests {
    private func config(cluster: String = "server: https://10.0.0.1:6443", user: String = "{}")
        -> String
    {
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts:
        - {name: lab, context: {cluster: lab, user: admin}}
        - {name: other, context: {cluster: elsewhere, user: admin}}
        clusters:
        - name: lab
          cluster:
            \(cluster)
        users:
        - name: admin
          user:
            \(user)
        """
    }

    /// Reads a file with this text; certificates lie beside it.
    private func read(_ text: String, context: String? = nil) throws(KubeconfigError) -> APITarget {
        let folder = FileManager.default.temporaryDirectory.path + "/sluice-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = [
            "config": text, "ca.crt": TestCertificates.authority,
            "client.crt": TestCertificates.clientCertificate,
            "client.key": TestCertificates.clientKey,
        ]
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (name, content) in files {
            try? content.write(
                toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        return try Kubeconfig.target(file: "\(folder)/config", context: context)
    }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test("server, authority, client certificate and token are read, inline and from files")
    func everything() throws {
        let files = try read(
            config(
                cluster: "{server: 'https://10.0.0.1:6443/', certificate-authority: ca.crt}",
                user: "{client-certificate: client.crt, client-key: client.key, token: secret}"))
        #expect(files.url == "https://10.0.0.1:6443")
        #expect(files.bearerToken == .text("secret"))
        #expect(files.tls?.certificateChain.count == 1)
        #expect(files.tls?.privateKey != nil)
        let authority = base64(TestCertificates.authority)
        let inline = try read(
            config(
                cluster: "{server: 'https://a:1', certificate-authority-data: \(authority)}",
                user: "{tokenFile: token, token: secret}"))
        guard case .file(let path)? = inline.bearerToken else {
            Issue.record("no token file")
            return
        }
        #expect(path.hasSuffix("/token"))
        #expect(inline.tls?.certificateVerification == .fullVerification)
    }

    @Test("without certificates the system's trust counts; verification ends on request only")
    func trust() throws {
        #expect(try read(config()).tls == nil)
        let insecure = try read(
            config(cluster: "{server: 'https://a', insecure-skip-tls-verify: true}"))
        #expect(insecure.tls?.certificateVerification == CertificateVerification.none)
    }

    @Test(
        "what is wrong is told with the field",
        arguments: [
            ("{}", "{}", "clusters[lab].cluster.server", "is missing"),
            ("{server: 'ftp://x'}", "{}", "clusters[lab].cluster.server", "not the address"),
            (
                "{server: 'https://a', certificate-authority: none.crt}", "{}",
                "clusters[lab].cluster.certificate-authority", "cannot be read"
            ),
            (
                "{server: 'https://a', certificate-authority-data: '%%'}", "{}",
                "clusters[lab].cluster.certificate-authority-data", "is not base64"
            ),
            (
                "{server: 'https://a', certificate-authority-data: 'eA=='}", "{}",
                "clusters[lab].cluster.certificate-authority-data", "no certificate"
            ),
            (
                "{server: 'https://a', tls-server-name: b}", "{}",
                "clusters[lab].cluster.tls-server-name", "not supported"
            ),
            (
                "{server: 'https://a'}", "{client-certificate: client.crt}",
                "users[admin].user.client-key", "is missing"
            ),
            (
                "{server: 'https://a'}",
                "{client-certificate: client.crt, client-key: client.crt}",
                "users[admin].user.client-key", "is not a private key"
            ),
            (
                "{server: 'https://a'}", "{exec: {command: aws}}", "users[admin].user.exec",
                "no credential plugin is started"
            ),
            (
                "{server: 'https://a'}", "{username: me, password: x}",
                "users[admin].user.username", "passwords are not supported"
            ),
        ])
    func refusals(cluster: String, user: String, field: String, message: String) {
        let error = #expect(throws: KubeconfigError.self) {
            try read(config(cluster: cluster, user: user))
        }
        #expect(error?.field == field)
        #expect(error?.message.contains(message) == true)
        #expect(error?.description.contains("/config: \(field): ") == true)
    }

    @Test("a context, cluster or user that is not there is told, and so is a file")
    func absent() {
        let context = #expect(throws: KubeconfigError.self) {
            try read(config(), context: "none")
        }
        #expect(context?.message == "there is no context \"none\"")
        let cluster = #expect(throws: KubeconfigError.self) {
            try read(config(), context: "other")
        }
        #expect(cluster?.message == "there is no cluster \"elsewhere\"")
        let type = #expect(throws: KubeconfigError.self) { try read("clusters: 7\n") }
        #expect(type?.message.hasPrefix("clusters") == true)
        let text = #expect(throws: KubeconfigError.self) { try read("a: [\n") }
        #expect(text?.message.contains("YAML") == true)
        let file = #expect(throws: KubeconfigError.self) {
            try Kubeconfig.target(file: "/none")
        }
        #expect(file?.description.hasPrefix("/none: cannot be read") == true)
    }
}
