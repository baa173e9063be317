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
        await withTaskGroup(of: Void.self) { group in
            if let checks {
                group.addTask {
                    var keeper = StateKeeper(
                        checks, changes: board.memoryChanges, logger: logger
                    ) { board.remembered }
                    await keeper.run()
                }
            }
            if let ejections {
                group.addTask {
                    var keeper = StateKeeper(
                        ejections, changes: ejectionBoard.recordChanges, logger: logger
                    ) { ejectionBoard.record }
                    await keeper.run()
                }
            }
        }
    }
}
