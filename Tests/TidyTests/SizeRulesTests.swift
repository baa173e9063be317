import Testing

@Suite("the rules on size")
struct SizeRulesTests {
    @Test("250 lines are a file, one more is too many")
    func fileSize() {
        let rule = FileSizeRule()
        let line = "let a = 1\n"
        #expect(rule.violations(in: file(String(repeating: line, count: 250))).isEmpty)
        let tooLong = rule.violations(in: file(String(repeating: line, count: 251)))
        #expect(tooLong.map(\.message) == ["the file has 251 lines, more than 250"])
    }

    @Test("70 lines are a function, one more is too many")
    func functionSize() {
        let rule = FunctionSizeRule()
        #expect(rule.violations(in: file(function(lineCount: 70))).isEmpty)
        let tooLong = rule.violations(in: file("\n" + function(lineCount: 71)))
        #expect(
            tooLong.map(\.description)
                == ["Sources/A/A.swift:2: `func a` has 71 lines, more than 70"])
    }

    @Test("every kind of body is measured")
    func kinds() {
        let text = """
            struct A {
                var stored = 1
                var computed: Int {
                    stored
                }
                init?(_ text: String = { "{" }()) throws(E) {
                    self.init(text)
                    super.init()
                }
                deinit { close() }
                subscript(place: Int) -> Int {
                    place
                }
                static func < <T>(left: A, right: T) -> Bool
                where T: P {
                    left.map { $0 }
                }
            }
            """
        #expect(
            FunctionSizeRule().functions(in: file(text)).map { "\($0.name) \($0.lineCount)" }
                == ["var computed 3", "init 4", "deinit 1", "subscript 3", "func < 4"])
    }

    @Test("requirements of a protocol have no body")
    func requirements() {
        let text = """
            protocol A {
                func a(_ b: () -> Void) async throws
                init()
                var c: Int { get }
                func d() -> Int
            }
            struct B {
                func e() {}
            }
            """
        #expect(
            FunctionSizeRule().functions(in: file(text)).map { "\($0.name) \($0.lineCount)" }
                == ["var c 1", "func e 1"])
    }

    @Test("braces in strings and comments do not count")
    func bracesInText() {
        let text = "func a() {\n    // }\n    let b = \"}\"\n}\n}"
        #expect(FunctionSizeRule().functions(in: file(text)).map(\.lineCount) == [4])
    }

    private func function(lineCount: Int) -> String {
        "func a() {\n" + String(repeating: "    b()\n", count: lineCount - 2) + "}\n"
    }

    private func file(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/A/A.swift", text: text)
    }
}
