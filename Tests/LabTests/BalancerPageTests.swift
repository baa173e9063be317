import LabKit
import Testing

extension LabTests {
    @Suite("what a balancer tells whoever watches it")
    struct BalancerPageTests {
        private let lab = Lab.shared

        @Test(
            "in a word whether it is well and may lead, at length how everything is",
            arguments: [("healthz", "ok"), ("readyz", "ready"), ("status", "{")])
        func pages(path: String, beginning: String) async throws {
            let answer = try await lab.exec(
                "balancer", "curl", "--silent", "--fail", "http://127.0.0.1:10257/\(path)")
            #expect(answer.hasPrefix(beginning))
            #expect(beginning == "{" || answer.split(separator: "\n").count == 1)
        }
    }
}
