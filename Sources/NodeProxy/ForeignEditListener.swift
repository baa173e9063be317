import Logging
import TableSync

/// Has tables compared as soon as somebody else changed them.
struct ForeignEditListener {
    let watch: ForeignEditWatch
    let parts: ProxyParts
    /// Told whenever there is something to look at.
    let signal: AsyncStream<Void>.Continuation

    /// Listens until the task is cancelled, or the kernel tells nothing more.
    func run() async {
        do {
            let ownPort = try await parts.writer.portID()
            while !Task.isCancelled {
                let edits = try await watch.next(without: ownPort)
                for edit in edits ?? [] { parts.foreignEdits.add(edit) }
                // If some were missed, the ruleset's generation tells whether anything happened.
                if edits?.isEmpty != true { signal.yield() }
            }
        } catch {
            parts.logger.warning(
                "others' changes of the tables are not heard of, and looked for instead",
                metadata: ["error": "\(error)"])
        }
    }
}
