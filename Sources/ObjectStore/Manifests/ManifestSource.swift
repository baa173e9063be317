package import Admission
package import Logging

/// Keeps the store as the manifests at a path say.
package struct ManifestSource: Sendable {
    /// Time for an editor or a script to finish what it is doing to the files.
    private static let settling = Duration.milliseconds(20)
    /// File systems of other machines tell inotify nothing, and a path whose parent is missing
    /// cannot be watched.
    private static let lookingInterval = Duration.seconds(5)

    private let path: String
    private let store: ObjectStore
    private let admission: AdmissionConfiguration
    private let stateFile: StateFile?
    private let builtIn: [ManifestObject]
    private let desk: StatusDesk?
    private let limits: ManifestLimits
    private let logger: Logger

    /// A source for a folder or a file; what clients hand in at the desk it brings into the store.
    package init(
        path: String,
        store: ObjectStore,
        admission: AdmissionConfiguration,
        stateFile: StateFile? = nil,
        builtIn: [ManifestObject] = [],
        desk: StatusDesk? = nil,
        limits: ManifestLimits = ManifestLimits(),
        logger: Logger
    ) {
        self.path = path
        self.store = store
        self.admission = admission
        self.stateFile = stateFile
        self.builtIn = builtIn
        self.desk = desk
        self.limits = limits
        self.logger = logger
    }

    /// Loads the manifests once and returns everything that is wrong with them.
    ///
    /// Fails when there is nothing at the path, or when the state file cannot be read.
    package func load() async throws -> [ManifestProblem] {
        var (folder, controller) = try await begin()
        _ = try await firstLoad(&folder, &controller)
        return folder.problems + controller.refusals
    }

    /// Loads the manifests and follows their changes until the task is cancelled.
    ///
    /// `loaded` is told what is wrong after the first load and after every change.
    package func run(
        _ loaded: @escaping @Sendable ([ManifestProblem]) async -> Void
    ) async throws {
        var (folder, controller) = try await begin()
        let watch = try FolderWatch()
        // Watching first: what changes during the load is looked at again.
        for watched in folder.watchedFolders { watch.watch(watched) }
        try await firstLoad(&folder, &controller)
        var known = folder.problems + controller.refusals
        await loaded(known)
        let news = watch.news
        desk?.open { news.nudge() }
        defer { desk?.close() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.lookingInterval)) != nil { news.look() }
            }
            for await _ in news.wakes {
                if let requests = desk?.take(), !requests.isEmpty {
                    log(await controller.write(requests))
                }
                guard news.take() else { continue }
                try? await Task.sleep(for: Self.settling)
                for watched in folder.watchedFolders { watch.watch(watched) }
                if await follow(&folder, &controller, &known) { await loaded(known) }
            }
            group.cancelAll()
        }
    }

    /// Brings what changed into the store; says whether anything, or what is wrong, changed.
    private func follow(
        _ folder: inout ManifestFolder, _ controller: inout ClusterController,
        _ known: inout [ManifestProblem]
    ) async -> Bool {
        let changes = await folder.scan()
        // Also when there is no change: a fault may be gone, or a write be tried again.
        let report = await controller.apply(changes)
        log(report)
        let problems = folder.problems + controller.refusals
        defer { known = problems }
        return !changes.isEmpty || problems != known
    }

    private func begin() async throws -> (ManifestFolder, ClusterController) {
        let controller = try await ClusterController(
            store: store, admission: admission, stateFile: stateFile, builtIn: builtIn,
            limits: limits)
        let folder = ManifestFolder(
            path: path, limits: limits, lastGood: controller.lastGood.all)
        return (folder, controller)
    }

    private func firstLoad(
        _ folder: inout ManifestFolder, _ controller: inout ClusterController
    ) async throws {
        let changes = await folder.scan()
        guard !folder.isAbsent else {
            throw ManifestProblem(
                at: ManifestPlace(file: path), message: "does not exist",
                cure: "give a folder of manifests, or a file, as --manifests")
        }
        log(await controller.apply(changes))
    }

    private func log(_ report: ControllerReport) {
        for problem in report.problems {
            let level: Logger.Level = problem.severity == .error ? .error : .notice
            logger.log(level: level, "manifest problem", metadata: ["problem": "\(problem)"])
        }
        if let error = report.stateError, !Task.isCancelled {
            logger.error("state not kept", metadata: ["error": "\(error)"])
        }
        guard report.upsertCount + report.deletionCount > 0 else { return }
        logger.info(
            "manifests applied",
            metadata: [
                "changed": "\(report.upsertCount)", "deleted": "\(report.deletionCount)",
                "revision": "\(store.revision)",
            ])
    }
}
