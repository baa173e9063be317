import StateFiles

/// The file in which orders for nodes outlive a restart.
struct OrdersFile: Sendable {
    private let file: JSONFile<[NodeOrder]>

    init(path: String) {
        file = JSONFile(path: path)
    }

    /// The orders of an earlier run; none if there is no file, or none that can be read.
    func read() -> [NodeOrder] { file.read() ?? [] }

    /// Writes the orders that are in force.
    func write(_ orders: NodeOrders) throws {
        try file.write(
            orders.given.values.sorted {
                ($0.place.node, $0.place.service ?? "") < ($1.place.node, $1.place.service ?? "")
            })
    }
}
