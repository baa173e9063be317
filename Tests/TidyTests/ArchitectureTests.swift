import Testing

@Suite("the architecture")
struct ArchitectureTests {
    @Test("every folder of Sources is a room, and every room a folder")
    func rooms() throws {
        #expect(
            try Repository.subfolders(of: "Sources").sorted() == architecture.map(\.name).sorted())
    }

    @Test("rooms import what is below, or beside them without a circle")
    func imports() throws {
        var floors: [String: Int] = [:]
        // The table is written from the ground up, so that what a room imports stands before it.
        for room in architecture {
            for imported in room.rooms {
                let floor = try #require(
                    floors[imported], "\(room.name) imports \(imported), which stands after it")
                #expect(floor <= room.floor, "\(room.name) imports \(imported) from above")
            }
            floors[room.name] = room.floor
        }
        #expect(architecture.map(\.floor) == architecture.map(\.floor).sorted())
    }

    @Test("pure rooms import nothing but rooms and data structures")
    func pureRooms() {
        for room in architecture where room.isPure {
            #expect(room.libraries.isSubset(of: pureLibraries), "\(room.name) is pure")
        }
    }

    @Test("only Netfilter imports CNetfilter")
    func onlyNetfilter() {
        let importers = architecture.filter { $0.rooms.contains("CNetfilter") }
        #expect(importers.map(\.name) == ["Netfilter"])
    }
}
