import LabKit
import Testing

/// What the tests of names need beside the lab: Services of their own.
struct NameScope: SuiteTrait, TestScoping {
    @concurrent
    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let lab = Lab.shared
        try await lab.with(NameServices.manifest, as: NameServices.file) {
            _ = try await lab.dig(
                "db.default.svc.cluster.local", "A", until: { $0.data(of: "A").count == 3 })
            try await function()
        }
    }
}

extension Trait where Self == NameScope {
    /// The tests ask for names.
    static var withNames: Self { Self() }
}

extension LabTests {
    /// Names, asked for with Debian's dig and getent by pods.
    @Suite("names", .serialized, .withNames)
    enum NameTests {}
}
