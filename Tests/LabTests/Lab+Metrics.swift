import LabKit

extension Lab {
    /// The sum of a metric's series at the balancer, of those whose labels have this text.
    func metric(_ name: String, with label: String = "") async throws -> Double {
        let text = try await exec(
            "balancer", "curl", "--silent", "http://127.0.0.1:10250/metrics")
        return text.split(separator: "\n").filter { line in
            (line.hasPrefix("\(name){") || line.hasPrefix("\(name) ")) && line.contains(label)
        }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}
