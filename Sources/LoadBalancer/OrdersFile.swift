import FoundationEssentials

/// The file in which orders for nodes outlive a restart: replaced as a whole, so that it is
/// always a complete one.
struct OrdersFile: Sendable {
    let path: String

    /// The orders of an earlier run; none if there is no file, or none that can be read.
    func read() -> [NodeOrder] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return (try? JSONDecoder().decode([NodeOrder].self, from: data)) ?? []
    }

    /// Writes the orders that are in force.
    func write(_ orders: NodeOrders) throws {
        let sorted = orders.given.values.sorted {
            ($0.place.node, $0.place.service ?? "") < ($1.place.node, $1.place.service ?? "")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(sorted).write(to: URL(filePath: path), options: .atomic)
    }
}
