import Fuzzing

@main
enum FuzzMessages {
    static func main() {
        fuzz { input in checkMessage(input) }
    }
}
