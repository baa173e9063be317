/// Puts the values of variables in the place of `$(NAME)`, as Kubernetes does it in `env`.
///
/// `$$` stands for one `$`, so `$$(NAME)` stays as `$(NAME)`. A name that is not known stays as it
/// is written, and so does every other `$`.
enum VariableExpansion {
    static func expanded(_ text: String, value: (Substring) -> String?) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            switch rest.first {
            case "$":
                result += "$"
                rest = rest.dropFirst()
            case "(":
                guard let end = rest.firstIndex(of: ")") else { return result + "$" + rest }
                let name = rest[..<end].dropFirst()
                result += value(name) ?? "$(\(name))"
                rest = rest[end...].dropFirst()
            default:
                result += "$"
            }
        }
        return result + rest
    }
}
