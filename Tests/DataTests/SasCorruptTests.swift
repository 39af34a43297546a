import CutlineCore
import Foundation
import Testing

@testable import CutlineData

/// Broken files end in one clear error or in the table that they still hold.
@Suite("Corrupt SAS files")
struct SasCorruptTests {
  struct Entry: Decodable, Sendable {
    let file, kind, base: String
  }

  static let entries: [Entry] = {
    // Skipped without the shared files; that none is left out is a test of its own.
    let bytes = (try? Shared.content("oracles/sas/corrupt_index.json")) ?? []
    return (try? JSONDecoder().decode([Entry].self, from: Data(bytes))) ?? []
  }()

  @Test(.enabled(if: Shared.isPresent, Shared.missing))
  func theIndexListsEveryFile() {
    #expect(Set(Self.entries.map(\.file)) == Set(Shared.names(in: "data/sas_corrupt")))
    #expect(Self.entries.count == 18)
  }

  /// Kinds whose damage lies where no row, name or count does: the table must be whole.
  static let harmless: Set<String> = ["align", "page_count", "zero_block", "ff_block", "subheader_ptr", "append_junk"]

  @Test(.enabled(if: Shared.isPresent, Shared.missing), arguments: entries)
  func endsInAnErrorOrTheWholeTable(entry: Entry) throws {
    let path = Shared.path("data/sas_corrupt/\(entry.file)")
    let start = ContinuousClock.now
    if Self.harmless.contains(entry.kind) {
      let expected = PlainCsv.records(try Shared.content("oracles/sas/csv/\(entry.base).csv.gz"))
      #expect(TableComparison.differences(try TableReader.read(path).table, expected).isEmpty)
    } else {
      #expect {
        try TableReader.read(path)
      } throws: { error in
        guard let error = error as? Faults else { return false }
        return error.exitCode == .data && error.description.contains(entry.file)
      }
    }
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}
