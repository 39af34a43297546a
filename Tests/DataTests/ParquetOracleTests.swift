import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Files that other programs have written, against what pyarrow and the text form of the same data say.
@Suite(
  "Parquet files against their expected contents",
  .enabled(if: Shared.isPresent && ParquetFiles.isInstalled, "needs ../shared and the reader of Parquet files"))
struct ParquetOracleTests {
  @Test func thePortfolioIsThatOfTheTextFile() throws {
    var options = ReadOptions()
    options.workers = 2
    let parquet = try TableReader.read(Shared.path("data/portfolio/portfolio_public.parquet"), options: options)
    let csv = try TableReader.read(Shared.path("data/portfolio/portfolio_public.csv.gz"), options: options)
    #expect(parquet.table.rowCount == 225_973 && parquet.facts.notes.isEmpty)
    #expect(SameTable.difference(parquet.table, csv.table) == nil)
  }

  static let matrix = Shared.names(in: "data/parquet_matrix").filter { $0.hasSuffix(".parquet") }

  @Test(arguments: matrix)
  func everyFormHoldsTheSameApplications(name: String) throws {
    let table = try TableReader.read(Shared.path("data/parquet_matrix/\(name)")).table
    let plain = try TableReader.read(Shared.path("data/parquet_matrix/codec_none.parquet")).table
    let whole = try TableReader.read(Shared.path("data/portfolio/portfolio_public.parquet")).table
    #expect(plain.rowCount == 1500 && plain.names == whole.names)
    #expect(SameTable.difference(plain, try whole.every(150, rows: 1500)) == nil)
    switch name {
    case "zero_rows.parquet":
      #expect(table.rowCount == 0 && table.names == plain.names)
    case "date_timestamp_us.parquet":
      guard case .moment(let seconds, .dateTime) = try table.column("mis_date").values,
        case .moment(let days, .date) = try plain.column("mis_date").values
      else {
        Issue.record("mis_date is no moment")
        return
      }
      #expect(seconds == days.map { $0 * 86_400 })
    default: #expect(SameTable.difference(table, plain) == nil)
    }
  }

  @Test func theMatrixIsThere() { #expect(Self.matrix.count == 10) }

  struct Oracle: Decodable {
    let rows: Int?
    let schema: [[String]]?
    let first50: [[String: Cell]]?
    let error: String?
  }

  enum Cell: Decodable {
    case text(String), number(Double), nothing, other

    init(from decoder: any Decoder) throws {
      let one = try decoder.singleValueContainer()
      if one.decodeNil() {
        self = .nothing
      } else if let flag = try? one.decode(Bool.self) {  // the next form is tried
        self = .text(flag ? "true" : "false")
      } else if let number = try? one.decode(Double.self) {  // the next form is tried
        self = .number(number)
      } else {
        self = (try? one.decode(String.self)).map(Cell.text) ?? .other  // lists and maps
      }
    }
  }

  static let oracles: [String: Oracle] = {
    // Skipped without the shared files; that none is left out is a test of its own.
    let bytes = (try? Shared.content("oracles/parquet/parquet_testing.json")) ?? []
    return (try? JSONDecoder().decode([String: Oracle].self, from: Data(bytes))) ?? [:]
  }()

  @Test func theOracleListsEveryFile() {
    let files =
      Shared.names(in: "data/parquet_testing")
      + Shared.names(in: "data/parquet_testing/bad_data").map { "bad_data/\($0)" }
    #expect(Set(files.filter { $0.hasSuffix(".parquet") }) == Set(Self.oracles.keys))
    #expect(Self.oracles.count == 36)
  }

  @Test(arguments: oracles.keys.sorted())
  func filesOfOtherWriters(name: String) throws {
    let oracle = try #require(Self.oracles[name])
    let path = Shared.path("data/parquet_testing/\(name)")
    let flat = oracle.schema?.filter { type in !["list<", "map<", "struct<"].contains { type[1].hasPrefix($0) } } ?? []
    guard oracle.error == nil, !flat.isEmpty else {
      let faults = expectFaults(.data, "\(name)") { try TableReader.read(path) }
      #expect(faults?.description.contains(name) == true && faults?.description.contains("\n") == false)
      return
    }
    let result = try TableReader.read(path)
    #expect(result.table.rowCount == oracle.rows)
    let left = result.facts.notes.contains { $0.shown.contains("left out: ") }
    #expect(left == (flat.count < (oracle.schema?.count ?? 0)) || name == "binary_truncated_min_max.parquet")
    for column in result.table.columns {
      let type = try #require(flat.first { $0[0] == column.name })[1]
      for (row, cells) in (oracle.first50 ?? []).enumerated() {
        let cell = cells[column.name] ?? .nothing
        #expect(
          Self.agrees(column.values, row, cell, type), "\(column.name)[\(row)]: \(column.values.cell(row)) for \(cell)")
      }
    }
    let readable = flat.count - (name == "binary_truncated_min_max.parquet" ? 1 : 0)
    #expect(result.table.columns.count == readable)
  }

  private static func agrees(_ values: ColumnValues, _ row: Int, _ cell: Cell, _ type: String) -> Bool {
    switch (values, cell) {
    case (.number(let numbers), .number(let wanted)): numbers[row] == wanted
    case (.number(let numbers), .text(let wanted)): numbers[row] == Double(wanted)
    case (.number(let numbers), .nothing), (.moment(let numbers, _), .nothing): numbers[row].isNaN
    case (.text(let text), .text(let wanted)):
      type == "binary" ? hex(text[row]) == wanted : (text[row] ?? "") == wanted
    case (.text(let text), .nothing): text[row] == nil
    case (.moment(let seconds, .dateTime), .text(let wanted)):
      Array(wanted.utf8).withUnsafeBufferPointer { bytes in
        bytes.baseAddress.flatMap { MomentText.dateTime($0, bytes.count) } == seconds[row]
      }
    default: false
    }
  }

  private static func hex(_ text: String?) -> String {
    (text ?? "").utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Table {
  /// The rows 0, `step`, 2 · `step`, …, with text numbered anew, as a reader of these rows alone would.
  func every(_ step: Int, rows: Int) throws -> Table {
    let chosen = (0..<rows).map { $0 * step }
    let columns = columns.map { column in
      switch column.values {
      case .number(let values): return Column(name: column.name, values: .number(chosen.map { values[$0] }))
      case .moment(let values, let unit):
        return Column(name: column.name, values: .moment(chosen.map { values[$0] }, unit))
      case .text(let text): return Column(name: column.name, values: .text(TextColumn(chosen.map { text[$0] })))
      }
    }
    return try Table(columns: columns, rowCount: rows)
  }
}
