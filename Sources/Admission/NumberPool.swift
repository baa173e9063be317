/// Numbers from 0 up to a size, each free or held by one owner.
///
/// The lower band is for numbers that users choose: numbers given out come from the upper band
/// until it is full (KEP-3070, KEP-3668). They are given out in turn, so that a freed number rests
/// before it is used again, and the search starts where the last one ended: at 100,000 numbers a
/// claim costs one look-up.
struct NumberPool<Owner: Hashable & Sendable>: Hashable, Sendable {
    /// How many numbers there are.
    let size: UInt64
    /// How many of them, from 0, are given out last.
    let reservedForChoice: UInt64

    private var owners: [UInt64: Owner] = [:]
    private var usedInLowerBand: UInt64 = 0
    private var nextUpper: UInt64
    private var nextLower: UInt64 = 0

    init(size: UInt64, reservedForChoice: UInt64) {
        self.size = size
        self.reservedForChoice = min(reservedForChoice, size)
        nextUpper = self.reservedForChoice
    }

    /// How many numbers are held.
    var used: Int { owners.count }

    /// Who holds a number.
    func owner(of number: UInt64) -> Owner? {
        owners[number]
    }

    /// Gives a free number to its owner; false if somebody else has it or it does not exist.
    mutating func claim(_ number: UInt64, for owner: Owner) -> Bool {
        guard number < size else { return false }
        if let holder = owners[number] { return holder == owner }
        owners[number] = owner
        if number < reservedForChoice { usedInLowerBand += 1 }
        return true
    }

    /// Finds a free number for an owner; nil when all are held.
    mutating func claimNext(for owner: Owner) -> UInt64? {
        let usedInUpperBand = UInt64(owners.count) - usedInLowerBand
        let number: UInt64
        if usedInUpperBand < size - reservedForChoice {
            number = firstFree(from: nextUpper, in: reservedForChoice..<size)
            nextUpper = number + 1
        } else if usedInLowerBand < reservedForChoice {
            number = firstFree(from: nextLower, in: 0..<reservedForChoice)
            nextLower = number + 1
        } else {
            return nil
        }
        return claim(number, for: owner) ? number : nil
    }

    /// Frees a number, if the owner has it.
    mutating func release(_ number: UInt64, for owner: Owner) {
        guard owners[number] == owner else { return }
        owners[number] = nil
        if number < reservedForChoice { usedInLowerBand -= 1 }
    }

    /// The first free number of the band at or after the start, going around; there must be one.
    private func firstFree(from start: UInt64, in band: Range<UInt64>) -> UInt64 {
        var number = band.contains(start) ? start : band.lowerBound
        while owners[number] != nil {
            number += 1
            if number == band.upperBound { number = band.lowerBound }
        }
        return number
    }
}
