import Foundation
import NodeProxy
import TableSync

/// What the health port of a node says, in kube-proxy's words.
struct HealthPages {
    let health: SyncHealth

    private struct Page: Encodable {
        struct ReadBack: Encodable {
            /// When the kernel's tables were last read back and matched.
            var time: String
            var ageSeconds: Int
            /// Equal tables have equal digests.
            var digest: String
        }

        var lastUpdated: String?
        var currentTime: String
        var nodeEligible: Bool
        var synced: Bool
        /// True if what an earlier run left in the kernel goes on until an API answers.
        var adopted: Bool
        var readBack: ReadBack?
        var services: Int
        var refused: [String: String]
        var error: String?
        var apiError: String?
    }

    /// `/healthz` for whoever watches over nodes, `/livez` for whoever restarts, `/readyz` for
    /// whoever sends traffic or waits for the first sync.
    var all: [StatusPage] {
        [
            StatusPage("/healthz") { .init(json: text(), isWell: health.isEligible(at: .now)) },
            StatusPage("/livez") { .init(json: text(), isWell: health.isAlive(at: .now)) },
            StatusPage("/readyz") { .init(json: text(), isWell: health.isReady(at: .now)) },
        ]
    }

    private func text() -> String {
        let state = health.state
        let now = Date.now
        func date(_ instant: ContinuousClock.Instant) -> String {
            now.addingTimeInterval(-(.now - instant).seconds).formatted(.iso8601)
        }
        let page = Page(
            lastUpdated: state.lastSync.map(date), currentTime: now.formatted(.iso8601),
            nodeEligible: !state.isNodeGoing, synced: state.hasSynced,
            adopted: state.hasAdopted && !state.hasSynced,
            readBack: state.readBack.map { reading in
                .init(
                    time: date(reading.time),
                    ageSeconds: Int((ContinuousClock.now - reading.time).components.seconds),
                    digest: reading.digest)
            },
            services: state.serviceCount, refused: state.refused, error: state.lastError,
            apiError: state.disconnected)
        return (try? JSONText.text(of: page)) ?? "{}"
    }
}
