internal import Ruleset

/// The keys beside a key, as numbers of all its bytes together.
///
/// The kernel keeps a range of one field as its first key and the key after its last.
extension ElementData {
    /// The next greater key of so many bytes; nil after the greatest.
    func successor(keyLength: Int) -> ElementData? {
        var registers = (0..<registerCount).map { register($0) }
        var step = Self.step(keyLength: keyLength)
        for index in registers.indices.reversed() {
            let (sum, overflows) = registers[index].addingReportingOverflow(step)
            registers[index] = sum
            if !overflows { return Self(registers: registers) }
            step = 1
        }
        return nil
    }

    /// The next smaller key of so many bytes; nil before zero.
    func predecessor(keyLength: Int) -> ElementData? {
        var registers = (0..<registerCount).map { register($0) }
        var step = Self.step(keyLength: keyLength)
        for index in registers.indices.reversed() {
            let (difference, overflows) = registers[index].subtractingReportingOverflow(step)
            registers[index] = difference
            if !overflows { return Self(registers: registers) }
            step = 1
        }
        return nil
    }

    /// The greatest key of so many bytes.
    static func greatest(keyLength: Int) -> ElementData {
        var registers = [UInt32](repeating: .max, count: (keyLength + 3) / 4)
        if let last = registers.indices.last { registers[last] = 0 &- step(keyLength: keyLength) }
        return Self(registers: registers)
    }

    private init(registers: [UInt32]) {
        self.init()
        for register in registers { append(register: register) }
    }

    /// What one more means in the last register, whose unused bytes are its lowest.
    private static func step(keyLength: Int) -> UInt32 {
        keyLength % 4 == 0 ? 1 : 1 << (8 * (4 - UInt32(keyLength % 4)))
    }
}
