import Fuzzing

@main
enum FuzzQueries {
    static func main() {
        fuzz { input in checkQuery(input) }
    }
}
