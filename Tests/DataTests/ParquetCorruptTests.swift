import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Broken files end in one clear error or in the table that they still hold.
@Suite("Corrupt Parquet files")
struct ParquetCorruptTests {
  struct Entry: Decodable, Sendable {
    let file, pyarrow: String
  }

  static let entries: [Entry] = {
    // Skipped without the shared files; that none is left out is a test of its own.
    let bytes = (try? Shared.content("data/parquet_corrupt/manifest.json")) ?? []
    return (try? JSONDecoder().decode([Entry].self, from: Data(bytes))) ?? []
  }()

  private static let isPossible = Shared.isPresent && ParquetFiles.isInstalled

  @Test(.enabled(if: isPossible, "needs ../shared and the reader of Parquet files"), arguments: entries)
  func endsInAnErrorOrTheWholeTable(entry: Entry) throws {
    let path = Shared.path("data/parquet_corrupt/\(entry.file)")
    let start = ContinuousClock.now
    if entry.pyarrow.hasPrefix("read") {
      // The damage lies where no value does.
      let table = try TableReader.read(path).table
      let whole = try TableReader.read(Shared.path("data/portfolio/portfolio_public.parquet")).table
      #expect(SameTable.difference(table, try whole.every(282, rows: 800)) == nil)
    } else {
      let faults = expectFaults(.data) { try TableReader.read(path) }
      #expect(faults?.description.contains(entry.file) == true && faults?.description.contains("\n") == false)
    }
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test(.enabled(if: isPossible, "needs ../shared and the reader of Parquet files"))
  func theManifestListsEveryFile() {
    let files = Shared.names(in: "data/parquet_corrupt").filter { $0.hasSuffix(".parquet") }
    #expect(Set(Self.entries.map(\.file)) == Set(files) && files.count == 16)
  }
}
