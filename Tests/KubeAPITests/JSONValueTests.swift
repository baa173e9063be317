import Foundation
import KubeAPI
import Testing

@Suite("JSON of any form")
struct JSONValueTests {
    private func value(_ text: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    @Test("what is encoded decodes to the same, whatever it is")
    func coding() throws {
        let text = #"{"a":[1,2.5,"x",true,false,null,{}],"b":{"c":[]}}"#
        let document = try value(text)
        #expect(
            document["a"]
                == .array([
                    .integer(1), .number(2.5), .string("x"), .bool(true), .bool(false), .null,
                    .object([:]),
                ]))
        let again = try JSONDecoder().decode(
            JSONValue.self, from: JSONEncoder().encode(document))
        #expect(again == document)
    }

    @Test(
        "a merge patch merges objects, removes by null and replaces the rest (RFC 7396)",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"["a","b"]"#, #"["c"]"#, #"["c"]"#),
            (#"{"a":"foo"}"#, "null", "null"),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func merge(document: String, patch: String, result: String) throws {
        #expect(try value(document).merged(with: value(patch)) == value(result))
    }
}
