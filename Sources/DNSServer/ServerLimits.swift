/// How much a DNS server takes from its clients and gives them.
package struct ServerLimits: Hashable, Sendable {
    /// The largest answer over UDP, in bytes, whatever a client says it takes.
    ///
    /// 1,232 fits every path without fragments (DNS Flag Day 2020); 512 to 4,096.
    package var udpPayloadBytes: Int
    /// Answers a client gets over UDP in a second, and at once; 0 for no limit.
    package var answersPerSecond: Int
    /// TCP connections at once: of all clients together.
    package var connections: Int
    /// TCP connections at once: of one client.
    package var connectionsPerClient: Int
    /// How long a TCP client may neither ask a whole question nor take its answers.
    package var idleTimeout: Duration
    /// Questions of one TCP connection that wait for upstream servers; more are not read.
    package var pipelinedQueries: Int
    /// Lines that the query log writes in a second, if it is on.
    package var logLinesPerSecond: Int

    /// What suits a node, unless told otherwise.
    package init(
        udpPayloadBytes: Int = 1_232, answersPerSecond: Int = 10_000, connections: Int = 2_000,
        connectionsPerClient: Int = 100, idleTimeout: Duration = .seconds(10),
        pipelinedQueries: Int = 64, logLinesPerSecond: Int = 100
    ) {
        self.udpPayloadBytes = min(max(512, udpPayloadBytes), 4_096)
        self.answersPerSecond = answersPerSecond
        self.connections = connections
        self.connectionsPerClient = connectionsPerClient
        self.idleTimeout = idleTimeout
        self.pipelinedQueries = pipelinedQueries
        self.logLinesPerSecond = logLinesPerSecond
    }
}
