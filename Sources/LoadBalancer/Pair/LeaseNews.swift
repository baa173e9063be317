import LeaderElection
import Logging

/// Says what has changed about a Lease, each thing once.
struct LeaseNews {
    /// Something to be told.
    struct Change {
        let level: Logger.Level
        let message: String
        var detail: String?
    }

    private var wasHeld = false
    private var holder: String?
    private var hadNamesake = false
    private var hadFailed = false

    /// What is new since the last call.
    mutating func take(_ standing: LeaseStanding) -> [Change] {
        var changes: [Change] = []
        let present = standing.record?.holder ?? ""
        if standing.isHeld, !wasHeld {
            changes.append(Change(level: .notice, message: "this balancer holds the Lease"))
        } else if !standing.isHeld, wasHeld {
            let isOthers = present != standing.seat.identity || standing.hasNamesake
            changes.append(
                Change(
                    level: .warning,
                    message: isOthers
                        ? "the Lease is held no more"
                        : "the Lease could not be renewed in time; addresses are withdrawn",
                    detail: standing.failure))
        }
        if present != holder, !present.isEmpty, present != standing.seat.identity {
            changes.append(
                Change(
                    level: .notice, message: "another balancer holds the Lease", detail: present))
        }
        if standing.hasNamesake, !hadNamesake {
            changes.append(
                Change(
                    level: .error,
                    message: "another balancer writes the Lease under this one's name; give each "
                        + "its own --node-name"))
        }
        if let failure = standing.failure, !hadFailed {
            changes.append(
                Change(
                    level: .warning, message: "the Lease could not be read or written",
                    detail: failure))
        } else if standing.failure == nil, hadFailed {
            changes.append(Change(level: .notice, message: "the Lease is within reach again"))
        }
        wasHeld = standing.isHeld
        holder = present
        hadNamesake = standing.hasNamesake
        hadFailed = standing.failure != nil
        return changes
    }
}
