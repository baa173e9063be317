import Addressing
import Dispatch
import Foundation
import HealthChecking
import NIOCore

/// A program that checks a node: 0 says that it is well.
///
/// Called with the node's address and the port as arguments. Belongs to its event loop; the
/// program is started elsewhere, because starting one blocks.
final class CommandRun {
    private static let queue = DispatchQueue(label: "sluice.check-programs")

    private let process = Process()
    private let loop: any EventLoop
    private var report: ((CheckFailure?) -> Void)?

    /// Starts the program; `report` is called once on the event loop, unless it is cancelled.
    init(
        _ path: String, for socket: SocketEndpoint, on loop: any EventLoop,
        report: @escaping (CheckFailure?) -> Void
    ) {
        self.loop = loop
        self.report = report
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["\(socket.address)", "\(socket.port)"]
        process.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let bound = NIOLoopBound(self, eventLoop: loop)
        process.terminationHandler = { process in
            let status = Int(process.terminationStatus)
            loop.execute { bound.value.finish(status == 0 ? nil : .exited(status)) }
        }
        let process = process
        Self.queue.async {
            do {
                try process.run()
            } catch {
                loop.execute { bound.value.finish(.notMade("\(path): \(error)")) }
            }
        }
    }

    /// Ends the program, wherever it is, without a report.
    func cancel() {
        report = nil
        let process = process
        Self.queue.async {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    private func finish(_ failure: CheckFailure?) {
        report?(failure)
        report = nil
    }
}
