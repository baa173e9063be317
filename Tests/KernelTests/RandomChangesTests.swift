import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// The kernel agrees with the model: what `apply` makes of a ruleset, a commit makes of the
/// kernel's.
@Suite("Model and kernel")
struct RandomChangesTests {
    private static let verdicts: [Verdict] = [
        .goto("a"), .goto("b"), .jump("a"), .drop, .accept, .return,
    ]

    @Test(
        "after any changes the kernel holds what the model holds", arguments: 0..<8 as Range<UInt64>
    )
    func agree(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var kernel = try Kernel()
        var model = Ruleset()
        for round in 0..<125 {
            let next = ruleset(using: &random)
            let changes = model.changes(to: next)
            try kernel.socket.commit(changes)
            model.apply(changes)
            #expect(model == next)
            // Reading back each time would test the reader more than the commits.
            if round % 5 == 4 { #expect(try kernel.tables() == model) }
        }
    }

    private func ruleset(using random: inout SplitMix) -> Ruleset {
        Ruleset(
            TableFamily.allCases.filter { _ in Int.random(in: 0..<20, using: &random) > 0 }.map {
                table($0, using: &random)
            })
    }

    private func table(_ family: TableFamily, using random: inout SplitMix) -> Table {
        var extra: [Chain] = []
        for name in ["c", "d"] where Bool.random(using: &random) {
            extra.append(
                Chain(
                    name,
                    rules: [Rule(.isProtocol([.tcp, .udp]), .verdict(.jump("a")))].filter { _ in
                        Bool.random(using: &random)
                    }))
        }
        return Table(
            TableID(family, "sluice"), comment: "random",
            chains: [Chain("a"), Chain("b")] + extra,
            sets: [
                ElementSet(
                    SetDeclaration(
                        "services", key: DataPlane.frontend, value: .verdict, hasCounter: true),
                    elements: elements(family, using: &random) { random in
                        .verdict(Self.verdicts.randomElement(using: &random) ?? .drop)
                    }),
                ElementSet(
                    SetDeclaration(
                        "endpoints", key: DataPlane.frontend, value: .data(DataPlane.backend)),
                    elements: elements(family, using: &random) { random in
                        .data(
                            ElementData(
                                family, Int.random(in: 0..<9, using: &random), port: 8080))
                    }),
                ElementSet(
                    SetDeclaration("ranges", key: [.sourceAddress], isInterval: true),
                    elements: ranges(family, using: &random)),
            ])
    }

    private func elements(
        _ family: TableFamily, using random: inout SplitMix,
        value: (inout SplitMix) -> Element.Value
    ) -> [Element] {
        (0..<Int.random(in: 0..<40, using: &random)).map { _ in
            let key = ElementData(
                family, Int.random(in: 0..<20, using: &random),
                TransportProtocol.allCases.randomElement(using: &random) ?? .tcp,
                UInt32.random(in: 1..<4, using: &random))
            let comment = Bool.random(using: &random) ? "default/web-\(key.register(0))" : nil
            return Element(key, value: value(&random), comment: comment)
        }
    }

    /// Ranges that do not overlap, some of them side by side.
    private func ranges(_ family: TableFamily, using random: inout SplitMix) -> [Element] {
        (0..<16).compactMap { number in
            guard Bool.random(using: &random) else { return nil }
            let length = Bool.random(using: &random) ? 15 : Int.random(in: 0..<15, using: &random)
            return Element(
                ElementData(family, number * 16),
                through: ElementData(family, number * 16 + length))
        }
    }
}
