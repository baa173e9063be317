/// How much and how long a client takes from a server.
package struct ClientLimits: Hashable, Sendable {
    /// Objects asked for in one page; also what Kubernetes' own clients ask for.
    package var pageItems = 500
    /// Bytes of one page: 500 objects of the largest size usual in practice (100 kB).
    package var pageBytes = 64 << 20
    /// Bytes of one line of a watch; Kubernetes stores no object above 3 MiB.
    package var lineBytes = 8 << 20
    /// Pages that wait to be decoded at the same time.
    package var pagesInFlight = 2
    /// Until the head of an answer has arrived.
    package var answerTimeout = Duration.seconds(30)
    /// Between two pieces of the same line or page.
    package var stallTimeout = Duration.seconds(10)
    /// Without a byte from a watch; bookmarks come once a minute or so.
    ///
    /// Then it is opened again: a connection whose other end lost its power looks the same.
    package var silenceTimeout = Duration.seconds(100)
    /// After which the server is asked to end a watch by itself.
    package var watchSeconds = 300

    /// The limits for ordinary networks and clusters.
    package init() {}
}
