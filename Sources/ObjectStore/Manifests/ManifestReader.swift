import FoundationEssentials
import KubeAPI
import Yams

/// Reads objects from files of YAML or JSON.
package struct ManifestReader: Sendable {
    /// Documents read without letting other work have the thread.
    private static let documentsAtOnce = 64

    private let limits: ManifestLimits

    /// A reader with these limits.
    package init(limits: ManifestLimits = ManifestLimits()) {
        self.limits = limits
    }

    /// Everything in one file: its objects, and what is wrong with the rest.
    ///
    /// The work is spread over the processors when there is much of it.
    @concurrent
    package func read(_ file: String) async -> ManifestReading {
        do throws(ManifestProblem) {
            return await read(text: try text(of: file), file: file)
        } catch {
            var reading = ManifestReading(limits: limits)
            reading.breakage(error)
            return reading
        }
    }

    /// As `read`, of text that is at hand; `file` is what problems name.
    @concurrent
    package func read(text: String, file: String) async -> ManifestReading {
        var reading = ManifestReading(limits: limits)
        let documents = ManifestText.documents(of: text)
        guard documents.count <= limits.documentsPerFile else {
            reading.breakage(
                ManifestProblem(
                    at: ManifestPlace(file: file),
                    message: "has more than \(limits.documentsPerFile) documents",
                    cure: "split it over several files"))
            return reading
        }
        for part in await parts(of: documents, file: file) { reading.add(part) }
        reading.finish(file: file)
        return reading
    }

    /// The place of a field of an object, read anew: objects do not carry their text around.
    package func place(of field: String, in origin: ManifestOrigin) -> ManifestPlace {
        let fallback = ManifestPlace(file: origin.file, line: origin.line)
        guard let text = try? text(of: origin.file),
            let document = ManifestText.documents(of: text).last(where: {
                $0.line <= origin.line
            }),
            let node = try? ManifestDocument(
                file: origin.file, document: document, limits: limits
            ).node()
        else { return fallback }
        let path = origin.items.flatMap { ["items", String($0)] } + FieldPlace.keys(of: field)
        guard let mark = FieldPlace.mark(of: path, in: node) else { return fallback }
        return ManifestPlace(
            file: origin.file, line: document.line + mark.line - 1, column: mark.column)
    }

    private func parts(
        of documents: [ManifestText.Document], file: String
    ) async -> [ManifestReading] {
        let starts = stride(from: 0, to: documents.count, by: Self.documentsAtOnce)
        return await withTaskGroup(of: (Int, ManifestReading).self) { group in
            for start in starts {
                let batch = documents[start..<min(start + Self.documentsAtOnce, documents.count)]
                group.addTask {
                    var reading = ManifestReading(limits: limits)
                    for document in batch {
                        reading.add(
                            ManifestDocument(file: file, document: document, limits: limits)
                                .read())
                    }
                    return (start, reading)
                }
            }
            var parts: [(Int, ManifestReading)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func text(of file: String) throws(ManifestProblem) -> String {
        let bytes = FileSignature(of: file)?.bytes ?? 0
        guard bytes <= limits.fileBytes else {
            throw ManifestProblem(
                at: ManifestPlace(file: file),
                message: "has \(bytes) bytes, more than \(limits.fileBytes)",
                cure: "split it over several files")
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ManifestProblem(
                at: ManifestPlace(file: file), message: "cannot be read",
                cure: "check that it exists and may be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ManifestProblem(
                at: ManifestPlace(file: file), message: "is not UTF-8 text",
                cure: "save it as UTF-8")
        }
        return text
    }
}
