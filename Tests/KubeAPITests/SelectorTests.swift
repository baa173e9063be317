import Testing

@testable import KubeAPI

@Suite("selectors")
struct SelectorTests {
    @Test(
        "a label selector selects what kubectl selects",
        arguments: [
            ("", true),
            ("app=web", true), ("app==web", true), ("app=db", false),
            ("app!=db", true), ("app!=web", false), ("other!=x", true),
            ("app in (web, db)", true), ("app in (db)", false), ("other in (x)", false),
            ("app notin (db)", true), ("app notin (web)", false), ("other notin (x)", true),
            ("app", true), ("other", false), ("!other", true), ("! app", false),
            ("app=web,tier in (a,b),!other,zone!=z", true), ("app=web,tier=c", false),
            ("example.com/role=", true), (" app = web , tier = a ", true),
        ])
    func labelSelector(text: String, isSelected: Bool) throws {
        let labels = ["app": "web", "tier": "a", "example.com/role": ""]
        #expect(try LabelSelector(parsing: text).matches(labels) == isSelected)
    }

    @Test(
        "a malformed label selector is refused and quoted",
        arguments: ["a=b=c", "=b", "a in x", "a in (x", "a within (x)", "a b", "(a)", "!", "a=(b)"])
    func malformed(text: String) {
        #expect {
            try LabelSelector(parsing: text)
        } throws: { error in
            (error as? SelectorError)?.code == .malformedRequirement
                && "\(error)".contains(text)
        }
    }

    @Test("a missing map of labels has no labels")
    func noLabels() throws {
        #expect(try LabelSelector(parsing: "!a").matches(nil))
        #expect(try !LabelSelector(parsing: "a").matches(nil))
    }

    @Test("a field selector compares name and namespace only")
    func fieldSelector() throws {
        let metadata = ObjectMeta(name: "web", namespace: "shop")
        #expect(try FieldSelector(parsing: "").matches(metadata))
        #expect(try FieldSelector(parsing: "metadata.name=web").matches(metadata))
        let both = "metadata.name==web,metadata.namespace!=default"
        #expect(try FieldSelector(parsing: both).matches(metadata))
        #expect(try !FieldSelector(parsing: "metadata.namespace=default").matches(metadata))
        #expect(throws: SelectorError(code: .unsupportedField, text: "spec.nodeName")) {
            try FieldSelector(parsing: "spec.nodeName=a")
        }
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: "metadata.name") }
    }

    @Test("a Service's selector asks for all of its labels, and an empty one selects nothing")
    func equality() throws {
        let selector = try #require(EqualitySelector(["app": "web", "tier": "a"]))
        #expect(selector.matches(["app": "web", "tier": "a", "x": "y"]))
        #expect(!selector.matches(["app": "web"]))
        #expect(!selector.matches(nil))
        #expect(EqualitySelector([:]) == nil)
        #expect(EqualitySelector(nil) == nil)
    }
}
