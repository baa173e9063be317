import Addressing
import Testing

@testable import Netfilter

/// A host may track millions of flows; who is asked to stop amid them must not read them all.
@Suite("Listings that are cancelled")
struct CancelledListingTests {
    @Test("a listing whose task is cancelled ends before the dump does, and the next is complete")
    func cancelledListing() async throws {
        let lab = try NetworkLab()
        try lab.loadRules(
            """
            table ip translation {
                chain prerouting {
                    type nat hook prerouting priority dstnat
                    ip daddr 198.51.100.1 udp dport 90 dnat to 192.168.50.2:8090
                }
            }
            """)
        let place = try #require(SocketEndpoint("198.51.100.1:90"))
        // Some 200 fit a datagram of the kernel's.
        for _ in 0..<600 {
            let client = try NetworkTestSocket(.udp, .v4, in: lab.client)
            client.beginConnecting(to: place)
            try client.send()
        }
        let listing = try Listing(in: lab.router)
        let all = try await listing.read(cancelled: false)
        #expect(all > 500)
        let given = await Task { try await listing.read(cancelled: true) }.result
        #expect(throws: NetworkError(operation: .listFlows, code: 125, subject: "")) {  // ECANCELED
            try given.get()
        }
        let seen = await listing.seen
        #expect(0 < seen && seen < all)
        #expect(try await listing.read(cancelled: false) == all)
    }

    /// Reads all flows, and notes how many it has seen.
    private actor Listing {
        private var socket: NetworkSocket
        private(set) var seen = 0

        init(in namespace: String) throws {
            socket = try NetworkSocket(protocolNumber: 12, inNamespace: namespace)
        }

        /// How many there are; if told to, cancels its own task at the first.
        func read(cancelled: Bool) throws -> Int {
            seen = 0
            let request = ConntrackMessage.list(FlowFilter(), filtersInKernel: false)
            return try socket.exchange(request) { (_: ArraySlice<UInt8>) -> Bool in
                seen += 1
                if cancelled { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                return true
            }.count
        }
    }
}
