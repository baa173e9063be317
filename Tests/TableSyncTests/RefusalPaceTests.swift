import TableSync
import Testing

@Suite("When refused Services are tried again")
struct RefusalPaceTests {
    private let start = ContinuousClock.now
    private let web = identity("web")
    private let dns = identity("dns")

    @Test("after 10 s, then after twice as long each time, up to five minutes")
    func doubles() {
        var pace = RefusalPace()
        var now = start
        for seconds in [10, 20, 40, 80, 160, 300, 300] {
            pace.note(tried: [web, dns], refused: [web], at: now)
            #expect(pace.takeDue(at: now + .seconds(seconds) - .milliseconds(1)) == [])
            now += .seconds(seconds)
            #expect(pace.takeDue(at: now) == [web])
            #expect(pace.takeDue(at: now) == [])
        }
    }

    @Test("one that is accepted is not tried again, and begins anew if it is refused later")
    func accepted() {
        var pace = RefusalPace()
        pace.note(tried: [web, dns], refused: [web, dns], at: start)
        #expect(pace.takeDue(at: start + .seconds(10)) == [web, dns])
        pace.note(tried: [web, dns], refused: [dns], at: start + .seconds(10))
        #expect(pace.takeDue(at: start + .seconds(400)) == [dns])
        pace.note(tried: [web], refused: [web], at: start + .seconds(400))
        #expect(pace.takeDue(at: start + .seconds(410)) == [web])
    }
}
