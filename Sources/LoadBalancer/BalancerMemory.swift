import HealthChecking
import Logging
import StateFiles

/// What a balancer's next run has to know of its nodes, in files.
struct BalancerMemory {
    /// What checks said last of nodes that are not simply well.
    private let checks: JSONFile<[HealthMemory.Entry]>?
    /// Which targets are ejected.
    private let ejections: JSONFile<EjectionBoard.Record>?

    /// Names the files; nothing is read or written.
    init(_ configuration: LoadBalancerConfiguration) {
        checks = configuration.healthFile.map { JSONFile(path: $0) }
        ejections = configuration.ejectionFile.map { JSONFile(path: $0) }
    }

    /// What the last run's checks said.
    var health: HealthMemory { HealthMemory(checks?.read() ?? []) }

    /// What the last run ejected.
    var record: EjectionBoard.Record { ejections?.read() ?? [:] }

    /// Keeps what these boards know, until the task is cancelled.
    func keep(_ board: HealthBoard, _ ejectionBoard: EjectionBoard, logger: Logger) async {
        async let checked: Void = keep(checks, board.memoryChanges, logger) { board.remembered }
        async let ejected: Void = keep(ejections, ejectionBoard.recordChanges, logger) {
            ejectionBoard.record
        }
        _ = await (checked, ejected)
    }

    /// Does nothing where there is no file.
    private func keep<Content: Codable & Equatable & Sendable>(
        _ file: JSONFile<Content>?, _ changes: AsyncStream<Void>, _ logger: Logger,
        content: @escaping @Sendable () -> Content?
    ) async {
        guard let file else { return }
        var keeper = StateKeeper(file, changes: changes, logger: logger, content: content)
        await keeper.run()
    }
}
