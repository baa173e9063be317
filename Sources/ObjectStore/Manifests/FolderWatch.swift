import Dispatch
import Glibc

/// Says when something in a folder may have changed, by inotify.
///
/// It only says that, not what: events can be lost (`IN_Q_OVERFLOW`), come for half of a
/// rename, or be about a folder that is no more. Who is told looks at the files themselves.
final class FolderWatch {
    /// Why a folder cannot be watched.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String {
            let reason = unsafe String(cString: strerror(code))
            let cure =
                code == EMFILE || code == ENOSPC
                ? "; raise fs.inotify.max_user_instances and fs.inotify.max_user_watches" : ""
            return "\(path) cannot be watched: \(reason)\(cure)"
        }
    }

    /// Complete writes, renames, links, deletions, and the end of the folder itself.
    ///
    /// A write under way is not told: half a file would read as a broken one.
    private static let events = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF
            | IN_MOVE_SELF | IN_ATTRIB)

    /// What there is to do.
    let news = FolderNews()
    private let descriptor: Int32
    private let source: any DispatchSourceRead

    /// A watch of nothing; `watch` adds folders.
    init() throws(Failure) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        // Nothing runs between the call and the reading of its error.
        guard descriptor >= 0 else { throw Failure(path: "the folder", code: errno) }
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "sluice.manifests"))
        source.setEventHandler { [news] in
            Self.drain(descriptor)
            news.look()
        }
        source.setCancelHandler { [news] in
            close(descriptor)
            news.end()
        }
        source.resume()
    }

    deinit {
        source.cancel()
    }

    /// Watches a folder, also one that is watched already; one that is not there is left out.
    ///
    /// A folder that was removed and made anew is another one: call this again after changes.
    func watch(_ folder: String) {
        _ = unsafe inotify_add_watch(descriptor, folder, Self.events)
    }

    private static func drain(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var count = 0
        repeat {
            count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe read(descriptor, bytes.baseAddress, bytes.count)
            }
        } while count > 0
    }
}
