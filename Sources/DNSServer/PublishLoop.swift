import Addressing
import ClusterDNS
import Logging

/// Makes of what has arrived the names that are answered, one change after another.
struct PublishLoop {
    private let configuration: DNSServerConfiguration
    private let inbox: NameInbox
    private let published: PublishedNames
    private let health: DNSHealth
    private let metrics: ServerMetrics
    /// Told when the server is to listen elsewhere.
    private let listenSignal: AsyncStream<Void>.Continuation
    private let logger: Logger
    private let clock = ContinuousClock()
    private var names: ServedNames
    private var nodes = NodeBook()
    private var hostAddresses: [IPAddress] = []
    private var nextHostLook: ContinuousClock.Instant
    private var hasMissedNode = false

    init(
        configuration: DNSServerConfiguration, inbox: NameInbox, published: PublishedNames,
        health: DNSHealth, metrics: ServerMetrics,
        listenSignal: AsyncStream<Void>.Continuation, logger: Logger
    ) {
        self.configuration = configuration
        self.inbox = inbox
        self.published = published
        self.health = health
        self.metrics = metrics
        self.listenSignal = listenSignal
        self.logger = logger
        names = published.current
        nextHostLook = clock.now
    }

    /// Publishes all that waits, and looks at the host's addresses whenever it is time to.
    mutating func turn() async {
        if clock.now >= nextHostLook { lookAtHost() }
        while let work = await inbox.takeWork() { publish(work) }
    }

    private mutating func publish(_ work: NameInbox.Work) {
        let isFirst = work.isComplete && !names.isComplete
        for (service, records) in work.services { names.zone.set(records, for: service) }
        for (pod, exists) in work.pods { names.zone.setPod(pod, exists: exists) }
        names.isComplete = names.isComplete || work.isComplete
        if let nodes = work.nodes {
            self.nodes = nodes
            arrangeAccess()
            warnOfMissingNode()
        }
        published.publish(names)
        let now = clock.now
        let wait = now - work.arrived
        health.update { state in
            state.hasSynced = names.isComplete
            state.lastChange = now
        }
        metrics.published(after: wait)
        logger.log(
            level: isFirst ? .notice : .debug,
            isFirst ? "all names are known" : "names changed",
            metadata: [
                "services": "\(work.services.count)", "seconds": "\(wait / .seconds(1))",
            ])
    }

    private mutating func lookAtHost() {
        nextHostLook = clock.now + configuration.hostInterval
        let addresses = HostAddresses.current()
        guard addresses != hostAddresses else { return }
        hostAddresses = addresses
        let before = names.recursionSources
        arrangeAccess()
        if names.recursionSources != before { published.publish(names) }
    }

    /// Works out where to listen and for whom to ask others.
    private mutating func arrangeAccess() {
        names.recursionSources = configuration.recursionList(
            nodes: nodes.blocks, host: hostAddresses)
        let wanted = configuration.wantedEndpoints(
            node: nodes.internalAddresses(of: configuration.nodeName), host: hostAddresses)
        // A node that is gone for a moment is no reason to stop answering.
        guard !wanted.isEmpty, wanted != health.state.wanted else { return }
        health.update { $0.wanted = wanted }
        listenSignal.yield()
    }

    private mutating func warnOfMissingNode() {
        guard case .node = configuration.listen else { return }
        let isMissing = nodes.internalAddresses(of: configuration.nodeName).isEmpty
        if isMissing, !hasMissedNode {
            logger.warning(
                "there is no Node with an InternalIP for this host; where to listen is not known",
                metadata: ["node": "\(configuration.nodeName)"])
        }
        hasMissedNode = isMissing
    }
}
