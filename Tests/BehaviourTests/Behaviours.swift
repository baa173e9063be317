import LabKit
import Testing

extension Lab {
    /// The lab of these tests.
    static let shared = Lab(named: "beh")
}

extension Trait where Self == LabScope {
    /// The tests run in a lab with everything that `TestBed` adds.
    static var inTestBed: Self {
        LabScope(.shared) { try await TestBed.shared.prepare($0) }
    }
}

/// What a Service network does, behaviour by behaviour: each test has the number of its line.
///
/// Real packets, in one lab for all. Each test brings its own Services and takes them away again;
/// it runs with proxies that have been there for long, and again after `kill -9` of all of them.
@Suite("behaviours", .serialized, .inTestBed, .behaviours, .noted)
enum Behaviours {}
