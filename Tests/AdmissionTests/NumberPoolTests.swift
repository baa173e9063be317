import Support
import Testing

@testable import Admission

@Suite("pools of numbers")
struct NumberPoolTests {
    @Test("29: numbers given out come from the upper band until it is full")
    func bands() {
        var pool = NumberPool<Int>(size: 6, reservedForChoice: 2)
        #expect((0..<6).map { _ in pool.claimNext(for: 1) } == [2, 3, 4, 5, 0, 1])
        #expect(pool.claimNext(for: 1) == nil)
        #expect(pool.used == 6)
    }

    @Test("a freed number rests until the others were used")
    func freedRests() {
        var pool = NumberPool<Int>(size: 4, reservedForChoice: 0)
        #expect(pool.claimNext(for: 1) == 0)
        pool.release(0, for: 1)
        #expect((0..<4).map { _ in pool.claimNext(for: 1) } == [1, 2, 3, 0])
    }

    @Test("only its owner frees a number, and may claim it again")
    func owners() {
        var pool = NumberPool<Int>(size: 4, reservedForChoice: 0)
        #expect(pool.claim(2, for: 1) == true)
        #expect(pool.claim(2, for: 1) == true)
        #expect(pool.claim(2, for: 9) == false)
        pool.release(2, for: 9)
        #expect(pool.owner(of: 2) == 1)
        pool.release(2, for: 1)
        #expect(pool.claim(2, for: 9) == true)
        #expect(pool.claim(4, for: 9) == false)
    }

    @Test("no number is ever held twice, whatever comes", arguments: 0..<20 as Range<UInt64>)
    func neverTwice(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var pool = NumberPool<Int>(size: 24, reservedForChoice: 8)
        var model: [UInt64: Int] = [:]
        for owner in 0..<400 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let number = pool.claimNext(for: owner)
                #expect((number == nil) == (model.count == 24))
                if let number { #expect(model.updateValue(owner, forKey: number) == nil) }
            case 1:
                let number = UInt64.random(in: 0..<24, using: &random)
                let isFree = model[number] == nil
                #expect(pool.claim(number, for: owner) == isFree)
                if isFree { model[number] = owner }
            default:
                guard let held = model.randomElement(using: &random) else { continue }
                pool.release(held.key, for: held.value)
                model[held.key] = nil
            }
            #expect(pool.used == model.count)
        }
    }

    @Test("a full band is left at once, so that 100,000 claims are quick")
    func manyClaims() {
        var pool = NumberPool<Int>(size: 100_000, reservedForChoice: 256)
        for owner in 0..<100_000 { #expect(pool.claimNext(for: owner) != nil) }
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<100_000 { _ = pool.claimNext(for: 0) }
        }
        #expect(time < .seconds(5))
    }
}
