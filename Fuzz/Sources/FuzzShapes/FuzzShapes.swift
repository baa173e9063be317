import Fuzzing

/// Takes the input for instructions that make a message, which reaches what random bytes hardly
/// do: names as long as can be, chains of pointers, data of just the length that they claim.
@main
enum FuzzShapes {
    static func main() {
        fuzz { input in
            var shape = MessageShape()
            var instructions = input.makeIterator()
            while let instruction = instructions.next() {
                guard shape.bytes.count < 0x8000 else { break }
                shape.follow(instruction, argument: instructions.next() ?? 0)
            }
            checkMessage(shape.bytes)
            checkQuery(shape.bytes)
        }
    }
}
