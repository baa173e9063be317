import Testing

@Suite("code without comments and strings")
struct CodeOnlyTests {
    @Test(
        "the insides of comments and strings become spaces",
        arguments: [
            (#"let a = 1 // try!"#, #"let a = 1        "#),
            (#"let a = "try!""#, #"let a = "    ""#),
            (#"let a = "" + b"#, #"let a = "" + b"#),
            (#"a /* b /* c */ d */ e"#, #"a                   e"#),
            (#"let a = "\"b" + c"#, #"let a = "   " + c"#),
            (#"let a = "x\(b)y" + c"#, #"let a = "  (b) " + c"#),
            (#"let a = "\(f("x", (1)))y""#, #"let a = " (f(" ", (1))) ""#),
            (##"let a = #"b"c\(d)"# + e"##, ##"let a = #"       "# + e"##),
            (##"let a = #"b\#(c)"#"##, ##"let a = #"   (c)"#"##),
            ("let a = \"http://b\" // c", "let a = \"        \"     "),
            ("let a = \"b\nlet c = d", "let a = \" \nlet c = d"),
        ])
    func blanked(text: String, expected: String) {
        #expect(codeOnly(text) == expected)
    }

    @Test("a string of several lines keeps its line breaks and its interpolations")
    func severalLines() {
        let text = "let a = \"\"\"\n  try! \"b\" \\(c)\n  \"\"\"\nlet d = e"
        let expected = "let a = \"\"\"\n            (c)\n  \"\"\"\nlet d = e"
        #expect(codeOnly(text) == expected)
    }

    @Test("a comment that never ends hides the rest")
    func endlessComment() {
        #expect(codeOnly("a /* b\nc") == "a     \n ")
    }
}
