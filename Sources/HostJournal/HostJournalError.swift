package import Netfilter

/// Why the journal of this host's changes could not be kept or followed; names file and cure.
package struct HostJournalError: Error, Hashable, Sendable {
    /// What can happen.
    package enum Code: Hashable, Sendable {
        /// The file or its directory cannot be read.
        case unreadable
        /// The file holds something else than a journal.
        case damaged
        /// The file was written by a later version.
        case tooNew
        /// The file cannot be written, so nothing was changed on the host.
        case unwritable
        /// The kernel refused these changes.
        case refused([NetworkError])
    }

    /// What happened.
    package let code: Code
    /// The path of the journal.
    package let file: String
    /// What exactly went wrong.
    package let reason: String

    init(_ code: Code, file: String, reason: String) {
        self.code = code
        self.file = file
        self.reason = reason
    }

    init(refusing errors: [NetworkError], file: String) {
        self.init(
            .refused(errors), file: file,
            reason: errors.map(\.description).joined(separator: "; "))
    }
}

extension HostJournalError: CustomStringConvertible {
    /// What went wrong, in which file, and what to do about it.
    package var description: String {
        switch code {
        case .unreadable:
            "cannot read \(file), which says what to undo on this host: \(reason); "
                + "run as root, or name the right directory with --state"
        case .damaged:
            "\(file) says what to undo on this host, but is damaged: \(reason); "
                + "mend it, or move it away and undo by hand what it still tells"
        case .tooNew:
            "\(file) says what to undo on this host, but \(reason); "
                + "use the version of sluice that wrote it"
        case .unwritable:
            "cannot write \(file), so nothing was changed on this host: \(reason); "
                + "make room or grant access, or name another directory with --state"
        case .refused(let errors):
            errors.contains(where: \.isNotPermitted)
                ? "\(reason); run as root" : "\(reason); what to undo stays noted in \(file)"
        }
    }
}
