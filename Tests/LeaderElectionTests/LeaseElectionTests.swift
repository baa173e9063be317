import LeaderElection
import Testing

@Suite("One candidate's part in an election")
struct LeaseElectionTests {
    private func timing() throws -> LeaseTiming {
        try LeaseTiming(
            duration: .seconds(5), renewDeadline: .seconds(3), retryPeriod: .milliseconds(500))
    }

    private func election() throws -> LeaseElection {
        LeaseElection(identity: "one", timing: try timing())
    }

    private func record(
        _ holder: String, renewed: String = "t0", duration: Int = 5, transitions: Int = 3
    ) -> LeaseRecord {
        LeaseRecord(
            holder: holder, durationSeconds: duration, acquireTime: "a0", renewTime: renewed,
            transitions: transitions)
    }

    /// Runs an attempt in which the answers come at once, in this order; returns the requests.
    private func attempt(
        _ election: inout LeaseElection, at seconds: Double, _ answers: LeaseAnswer...
    ) -> [LeaseRequest] {
        let now = Duration.seconds(seconds)
        var requests: [LeaseRequest] = []
        election.begin()
        for answer in answers {
            guard let request = election.nextRequest(at: now, time: "w\(seconds)") else { break }
            requests.append(request)
            election.take(answer, to: request, sentAt: now, at: now)
        }
        return requests
    }

    /// What the election asks next, if it asks anything.
    private func next(
        _ election: inout LeaseElection, at now: Duration = .zero, _ time: String
    ) -> LeaseRequest? {
        election.nextRequest(at: now, time: time)
    }

    /// A holder whose last write was sent at 0 s.
    private func holder() throws -> LeaseElection {
        var election = try election()
        _ = attempt(
            &election, at: 0, .found(record(""), version: "1"), .written(version: "2"))
        #expect(election.isHeld(at: .seconds(2.9)))
        return election
    }

    @Test("a Lease that was given up is taken at once, and the transition counted")
    func takesReleased() throws {
        var election = try election()
        let requests = attempt(
            &election, at: 7, .found(record(""), version: "1"), .written(version: "2"))
        var expected = record("one", renewed: "w7.0", transitions: 4)
        expected.acquireTime = "w7.0"
        #expect(requests == [.read, .update(expected, version: "1")])
        #expect(election.isHeld(at: .seconds(9.9)))
        #expect(!election.isHeld(at: .seconds(10)))
    }

    @Test("another's Lease is taken when it was seen unchanged for what it says, not before")
    func waitsForExpiry() throws {
        var election = try election()
        let other = record("two", duration: 8)
        #expect(attempt(&election, at: 0, .found(other, version: "1"), .failed) == [.read])
        #expect(attempt(&election, at: 7.9, .found(other, version: "1"), .failed) == [.read])
        // Renewed in between: the time begins anew.
        #expect(attempt(&election, at: 8, .found(other, version: "2"), .failed) == [.read])
        #expect(attempt(&election, at: 15.9, .found(other, version: "2"), .failed) == [.read])
        #expect(attempt(&election, at: 16, .found(other, version: "2"), .failed).count == 2)
    }

    @Test("the holder writes without reading, and holds for the deadline from each sending")
    func renews() throws {
        var election = try holder()
        var renewed = record("one", renewed: "w2.5", transitions: 4)
        renewed.acquireTime = "w0.0"
        let requests = attempt(&election, at: 2.5, .written(version: "3"))
        #expect(requests == [.update(renewed, version: "2")])
        #expect(election.isHeld(at: .seconds(5.4)))
        #expect(!election.isHeld(at: .seconds(5.5)))
    }

    @Test("a confirmation that comes late counts from when it was asked for")
    func lateConfirmation() throws {
        var election = try election()
        election.begin()
        let read = try #require(next(&election, "w0"))
        election.take(.found(record(""), version: "1"), to: read, sentAt: .zero, at: .zero)
        let write = try #require(next(&election, "w1"))
        election.take(.written(version: "2"), to: write, sentAt: .zero, at: .seconds(3))
        #expect(!election.isHeld(at: .seconds(3)))
    }

    @Test("an answer that does not come ends nothing before the deadline, and is looked up")
    func lostAnswer() throws {
        var election = try holder()
        #expect(attempt(&election, at: 1, .failed).count == 1)
        #expect(election.isHeld(at: .seconds(2.9)))
        // It was written after all: its own, known by its time.
        let own = record("one", renewed: "w1.0", transitions: 4)
        let requests = attempt(
            &election, at: 2, .found(own, version: "3"), .written(version: "4"))
        #expect(requests.first == .read)
        #expect(!election.hasNamesake)
        #expect(election.isHeld(at: .seconds(4.9)))
    }

    @Test("a conflict is looked into at once; another's name ends it")
    func conflict() throws {
        var election = try holder()
        let requests = attempt(
            &election, at: 1, .conflict, .found(record("two"), version: "9"), .failed)
        #expect(requests.count == 2)
        #expect(!election.isHeld(at: .seconds(1)))
    }

    @Test("a conflict over something else, such as a label, costs nothing")
    func harmlessConflict() throws {
        var election = try holder()
        var own = record("one", renewed: "w0.0", transitions: 4)
        own.acquireTime = "w0.0"
        let requests = attempt(
            &election, at: 1, .conflict, .found(own, version: "9"), .written(version: "10"))
        #expect(requests.count == 3)
        #expect(election.isHeld(at: .seconds(3.9)))
    }

    @Test("somebody else of the same name ends it, and is told")
    func namesake() throws {
        var election = try holder()
        let other = record("one", renewed: "elsewhere")
        _ = attempt(&election, at: 1, .conflict, .found(other, version: "9"), .failed)
        #expect(election.hasNamesake)
        #expect(!election.isHeld(at: .seconds(1)))
    }

    @Test("a process that was started anew goes on with the Lease of the one before it")
    func startedAnew() throws {
        var election = try election()
        let requests = attempt(
            &election, at: 100, .found(record("one"), version: "1"), .failed)
        #expect(requests.count == 2)
        #expect(!election.isHeld(at: .seconds(100)))
        _ = attempt(&election, at: 101, .found(record("one"), version: "1"), .written(version: "2"))
        #expect(election.isHeld(at: .seconds(101)))
        #expect(election.record?.acquireTime == "a0")
        #expect(election.record?.transitions == 3)
    }

    @Test("a Lease that is gone is made without a name, and taken after the duration")
    func makesUnclaimed() throws {
        var election = try election()
        let unclaimed = LeaseRecord(
            holder: "", durationSeconds: 5, acquireTime: "", renewTime: "", transitions: 0)
        let requests = attempt(&election, at: 0, .absent, .written(version: "1"))
        #expect(requests == [.read, .create(unclaimed)])
        #expect(!election.isHeld(at: .zero))
        #expect(attempt(&election, at: 4.9, .found(unclaimed, version: "1"), .failed) == [.read])
        let taking = attempt(
            &election, at: 5, .found(unclaimed, version: "1"), .written(version: "2"))
        #expect(taking.last?.record?.transitions == 0)
        #expect(election.isHeld(at: .seconds(7)))
    }

    @Test("the holder of a Lease that is gone makes it again, or takes what others made of it")
    func holderMakesAgain() throws {
        var election = try holder()
        let made = attempt(&election, at: 1, .absent, .written(version: "1"))
        #expect(made.last?.record?.holder == "one")
        #expect(made.last?.record?.transitions == 4)
        #expect(election.isHeld(at: .seconds(3.9)))
        let unclaimed = LeaseRecord(
            holder: "", durationSeconds: 5, acquireTime: "", renewTime: "", transitions: 0)
        _ = attempt(
            &election, at: 2, .conflict, .found(unclaimed, version: "7"), .written(version: "8"))
        #expect(election.isHeld(at: .seconds(4.9)))
        // One whose deadline has passed waits as everybody does.
        let late = attempt(
            &election, at: 6, .conflict, .found(unclaimed, version: "9"), .failed)
        #expect(late.count == 2)
    }

    @Test("a candidate that is not ready lets others go first")
    func unreadyWaits() throws {
        var election = try election()
        election.isReady = false
        let free = record("")
        #expect(attempt(&election, at: 0, .found(free, version: "1"), .failed) == [.read])
        #expect(attempt(&election, at: 4.9, .found(free, version: "1"), .failed) == [.read])
        #expect(attempt(&election, at: 5, .found(free, version: "1"), .failed).count == 2)
        var holder = try holder()
        holder.isReady = false
        #expect(attempt(&holder, at: 1, .written(version: "3")).count == 1)
    }

    @Test("what is given up bears no name, and nothing is believed from before it is told")
    func releases() throws {
        var election = try holder()
        election.release()
        #expect(!election.isHeld(at: .seconds(0.1)))
        let request = try #require(next(&election, at: .seconds(0.1), "w1"))
        #expect(request.record?.holder.isEmpty == true)
        #expect(request.record?.durationSeconds == 1)
        election.take(.conflict, to: request, sentAt: .zero, at: .zero)
        #expect(next(&election, "w2") == .read)
        election.take(
            .found(record("two"), version: "5"), to: .read, sentAt: .zero, at: .zero)
        #expect(next(&election, "w3") == nil)
        var candidate = try self.election()
        candidate.release()
        #expect(next(&candidate, "w1") == nil)
    }

    @Test("the highest count of transitions stays what it is")
    func mostTransitions() throws {
        var election = try election()
        let requests = attempt(
            &election, at: 0, .found(record("", transitions: .max), version: "1"), .failed)
        #expect(requests.last?.record?.transitions == Int(Int32.max))
    }

    @Test("times that leave no room are refused")
    func refusedTimes() {
        func refusal(_ duration: Int, _ deadline: Int, _ retry: Int) -> LeaseTimingError? {
            do {
                _ = try LeaseTiming(
                    duration: .milliseconds(duration), renewDeadline: .milliseconds(deadline),
                    retryPeriod: .milliseconds(retry))
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(5_000, 3_000, 1_500) == nil)
        #expect(refusal(5_500, 3_000, 500) == .notWholeSeconds)
        #expect(refusal(0, 3_000, 500) == .notWholeSeconds)
        #expect(refusal(5_000, 3_001, 500) == .noTimeToWithdraw)
        #expect(refusal(5_000, 3_000, 1_501) == .noTimeToRenew)
        #expect(refusal(5_000, 3_000, 0) == .noTimeToRenew)
    }
}
