import Testing

@testable import LoadBalancer

@Suite("When addresses are announced")
struct AnnouncementTimesTests {
    private let start = ContinuousClock.now
    private let first = address("198.51.100.10")
    private let second = address("fd00:198::10")

    /// The seconds at which the address is announced when it is asked for every tenth of one.
    private func seconds(_ times: inout AnnouncementTimes, until end: Int) -> [Int] {
        (0...end * 10).flatMap { tenths in
            times.takeDue(at: start + .milliseconds(tenths * 100)).map { _ in tenths / 10 }
        }
    }

    @Test("three times quickly, then slowly for ever")
    func rhythm() {
        var times = AnnouncementTimes(slowInterval: .seconds(60))
        times.begin(first, at: start)
        #expect(seconds(&times, until: 190) == [0, 1, 2, 62, 122, 182])
    }

    @Test("an address that comes later begins quickly by itself")
    func laterAddress() {
        var times = AnnouncementTimes(slowInterval: .seconds(60))
        times.begin(first, at: start)
        _ = seconds(&times, until: 10)
        let later = start + .seconds(20)
        times.begin(second, at: later)
        #expect(times.takeDue(at: later) == [second])
        #expect(times.takeDue(at: later + .milliseconds(999)) == [])
        #expect(times.takeDue(at: later + .seconds(1)) == [second])
    }

    @Test("an address that was given up is announced no more")
    func ended() {
        var times = AnnouncementTimes(slowInterval: .seconds(60))
        times.begin(first, at: start)
        times.end(first)
        #expect(seconds(&times, until: 100) == [])
    }
}
