import Foundation
import LabKit
import Testing

extension Lab {
    /// The lab of these tests.
    static let shared = Lab(named: "test")
}

extension Trait where Self == LabScope {
    /// The tests run in a lab that is up and serves their own Services.
    static var inLab: Self {
        LabScope(.shared) { lab in
            try await lab.apply(LabServices.manifest, as: "lab-services.yaml")
            try await Cluster(lab).waitUntilServed()
        }
    }
}

/// The promises, end to end: real processes, real sockets, both address families.
///
/// Each test leaves the lab as it found it, because the order of the tests is not promised.
@Suite("the lab", .serialized, .inLab)
enum LabTests {}
