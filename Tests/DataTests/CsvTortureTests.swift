import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// The collections of awkward CSV files: expected contents where they are given, one clear error for the broken ones.
@Suite("CSV torture files")
struct CsvTortureTests {
  /// Everything as text, so that fields can be compared as they are written.
  private static func asText(_ path: String, header: Bool = true) throws -> [[String]] {
    var options = ReadOptions()
    options.hasHeader = header
    let first = try TableReader.read(path, options: options).table
    for name in first.names { options.columnTypes[name] = .text }
    let table = try TableReader.read(path, options: options).table
    let rows = (0..<table.rowCount).map { row in table.columns.map { $0.values.cell(row) } }
    return (header ? [table.columns.map(\.originalName)] : []) + rows
  }

  static let records = Shared.names(in: "data/csv_torture/sineemore/csv").filter { !$0.hasPrefix("bad-") }

  @Test(.enabled(if: Shared.isPresent, Shared.missing), arguments: records)
  func sineemore(file: String) throws {
    let found = try Self.asText(Shared.path("data/csv_torture/sineemore/csv/\(file)"))
    let expected = try Shared.json("data/csv_torture/sineemore/json/\(file.dropLast(4)).json")
    if let lists = expected as? [[String]] {
      if lists.isEmpty {
        #expect(found.count == 1)
      } else {
        #expect(found == lists)
      }
    } else {
      let objects = try #require(expected as? [[String: String]])
      #expect(found.dropFirst().map { Dictionary(zip(found[0], $0)) { a, _ in a } } == objects)
    }
  }

  static let broken = Shared.names(in: "data/csv_torture/sineemore/csv").filter {
    $0.hasPrefix("bad-") && $0 != "bad-header-wrong-header.csv"
  }

  @Test(.enabled(if: Shared.isPresent, Shared.missing), arguments: broken)
  func sineemoreBroken(file: String) throws {
    #expect {
      try TableReader.read(Shared.path("data/csv_torture/sineemore/csv/\(file)"))
    } throws: { error in
      error.faults(.data)?.description.contains(file) == true
    }
  }

  @Test(.enabled(if: Shared.isPresent, Shared.missing))
  func namesWithoutRecordsAreReported() throws {
    let path = Shared.path("data/csv_torture/sineemore/csv/bad-header-wrong-header.csv")
    let result = try TableReader.read(path)
    #expect(result.table.names == ["qux", "quux", "quuz"])
    #expect(result.facts.notes == ["there are names but no records"])
    var options = ReadOptions()
    options.columns = ["foo"]
    expectFaults(.data) { try TableReader.read(path, options: options) }
  }

  static let spectrumFiles = Shared.names(in: "data/csv_torture/spectrum/csvs")

  @Test(.enabled(if: Shared.isPresent, Shared.missing), arguments: spectrumFiles)
  func spectrum(file: String) throws {
    let found = try Self.asText(Shared.path("data/csv_torture/spectrum/csvs/\(file)"))
    let json = try Shared.json("data/csv_torture/spectrum/json/\(file.dropLast(4)).json")
    let expected = try #require(json as? [[String: String]])
    #expect(found.dropFirst().map { Dictionary(zip(found[0], $0)) { a, _ in a } } == expected)
  }

  /// Files of the messytables collection: rows and columns, or nil for a clear error.
  static let messy: [String: (rows: Int, columns: Int)] = [
    "simple.csv": (6, 3), "simple.ssv": (6, 3), "simple.psv": (28, 6), "example.tsv": (140, 17), "long.csv": (3999, 1),
    "small.csv": (0, 1), "mixedGLB.csv": (136, 19), "begrotingsanalyse-2011.csv": (42, 20),
    "complex.csv": (3, 4),
  ]

  /// Text in Big5; names below a heading of another width.
  static let refused: [String: String] = [
    "characters.csv.gz": "not valid UTF-8",
    "weird_head_padding.csv": "1 field where the names are 5",
  ]

  @Test(.enabled(if: Shared.isPresent, Shared.missing), arguments: Shared.names(in: "data/csv_torture/messytables"))
  func messytables(file: String) throws {
    let path = Shared.path("data/csv_torture/messytables/\(file)")
    if let expected = Self.messy[file] {
      let table = try TableReader.read(path).table
      #expect(table.rowCount == expected.rows && table.columns.count == expected.columns)
    } else {
      let sentence = try #require(Self.refused[file])
      #expect {
        try TableReader.read(path)
      } throws: { error in
        error.faults(.data)?.description.contains(sentence) == true
      }
    }
  }

  @Test(.enabled(if: Shared.isPresent, Shared.missing))
  func aNamedCharacterSetIsRead() throws {
    var options = ReadOptions()
    options.encoding = "BIG5"
    let table = try TableReader.read(Shared.path("data/csv_torture/messytables/characters.csv.gz"), options: options)
      .table
    #expect(table.names.first == "id" && table.names.contains("Changetime"))
  }
}
