import Addressing
import Testing

@testable import Admission

@Suite("allocators")
struct AllocatorTests {
    @Test(
        "29: the lower band of a block is min(max(16, size / 16), 256) addresses",
        arguments: [
            ("10.96.0.0/24", "10.96.0.17"), ("10.96.0.0/20", "10.96.1.0"),
            ("10.96.0.0/12", "10.96.1.1"), ("fd00:96::/108", "fd00:96::101"),
        ])
    func lowerBand(text: String, first: String) throws {
        var allocator = ClusterIPAllocator(block: try block(text))
        #expect(allocator.claimNext(for: key("a")) == (try address(first)))
    }

    @Test("network and broadcast addresses are never given out")
    func edges() throws {
        var allocator = ClusterIPAllocator(block: try block("10.96.0.0/29"))
        let all = (0..<6).compactMap { allocator.claimNext(for: key("s\($0)"))?.description }
        #expect(all.sorted() == (1...6).map { "10.96.0.\($0)" })
        #expect(allocator.claimNext(for: key("one more")) == nil)
        #expect(try !allocator.canHold(address("10.96.0.0")))
        #expect(try !allocator.canHold(address("10.96.0.7")))
        #expect(try !allocator.canHold(address("10.97.0.1")))
    }

    @Test("1: the first address is kept for the API's own Service, for good")
    func firstAddress() throws {
        var allocator = ClusterIPAllocator(
            block: try block("10.96.0.0/24"), firstAddressOwner: key("kubernetes"))
        let first = try address("10.96.0.1")
        #expect(allocator.claim(first, for: key("web")) == false)
        #expect(allocator.claimNext(for: key("kubernetes")) == first)
        allocator.release(first, for: key("kubernetes"))
        #expect(allocator.claim(first, for: key("web")) == false)
    }

    @Test("48: nodePorts given out come after the first 86 of the usual range")
    func nodePortBands() throws {
        var allocator = NodePortAllocator()
        #expect(allocator.claimNext(.tcp, for: key("a"))?.rawValue == 30086)
        #expect(allocator.claimNext(.udp, for: key("a"))?.rawValue == 30086)
        #expect(allocator.claimNext(.tcp, for: key("b"))?.rawValue == 30087)
    }

    @Test("a range of a single port is used up by one Service a protocol")
    func tinyRange() throws {
        var allocator = NodePortAllocator(range: 30000...30000)
        #expect(allocator.claimNext(.tcp, for: key("a"))?.rawValue == 30000)
        #expect(allocator.claimNext(.tcp, for: key("b")) == nil)
        #expect(allocator.claimNext(.udp, for: key("b"))?.rawValue == 30000)
    }

    @Test("107: Services share a load balancer address on different ports only")
    func sharedAddress() throws {
        var pool = LoadBalancerPool(blocks: [try block("198.51.100.0/24")])
        let shared = try address("198.51.100.7")
        let http = LoadBalancerPool.Listener(.tcp, try #require(Port(80)))
        let quic = LoadBalancerPool.Listener(.udp, try #require(Port(80)))
        #expect(pool.claim(shared, for: key("a"), listeners: [http]) == true)
        #expect(pool.claim(shared, for: key("b"), listeners: [http, quic]) == false)
        #expect(pool.rivals(of: key("b"), at: shared, for: [http]) == [key("a")])
        #expect(pool.claim(shared, for: key("b"), listeners: [quic]) == true)
        pool.release(shared, for: key("a"))
        #expect(pool.claim(shared, for: key("c"), listeners: [http]) == true)
    }

    @Test("a pool goes from block to block and then has nothing left")
    func poolExhausted() throws {
        var pool = LoadBalancerPool(
            blocks: try ["198.51.100.8/31", "198.51.100.16/30", "fd00:51::7/128"].map(block))
        let four = (0..<5).map { pool.claimNext(.v4, for: key("s\($0)"), listeners: []) }
        #expect(
            four.map { $0?.description } == [
                "198.51.100.8", "198.51.100.9", "198.51.100.17", "198.51.100.18", nil,
            ])
        #expect(pool.claimNext(.v6, for: key("s"), listeners: [])?.description == "fd00:51::7")
        #expect(pool.claimNext(.v6, for: key("t"), listeners: []) == nil)
        try pool.release(address("198.51.100.9"), for: key("s1"))
        #expect(pool.claimNext(.v4, for: key("u"), listeners: [])?.description == "198.51.100.9")
    }

    @Test("a configuration that cannot work is refused")
    func configuration() throws {
        typealias Problem = AdmissionConfiguration.Problem
        #expect(throws: Problem.noServiceBlock) { try admission([]) }
        #expect(throws: Problem.self) { try admission(["10.96.0.0/12", "10.100.0.0/16"]) }
        #expect(throws: Problem.self) { try admission(["10.96.0.0/31"]) }
        #expect(throws: Problem.self) { try admission(pools: ["10.96.7.0/24"]) }
        #expect(
            try admission(["fd00:96::/108", "10.96.0.0/12"]).configuration.families == [.v6, .v4])
    }
}
