import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Every SAS file that we have, against what other readers and SAS itself found in it.
@Suite("SAS files against their expected contents")
struct SasOracleTests {
  struct Entry: Decodable, Sendable {
    let file, trust: String
  }

  static let trusted: [Entry] = {
    // Without the shared files the suite is skipped; that it lists them all is a test of its own.
    let bytes = (try? Shared.content("oracles/sas/index.json")) ?? []
    let entries = (try? JSONDecoder().decode([Entry].self, from: Data(bytes))) ?? []
    return entries.filter { $0.trust.hasSuffix(".gz") }
  }()

  /// Files whose header names a character set that this system cannot convert: text in plain ASCII.
  static let named = Set(["atha", "arom", "aice", "j942", "aheb", "arma"].map { "parso__charset_\($0).sas7bdat" })

  @Test(.enabled(if: Shared.isPresent, Shared.missing))
  func theIndexListsEveryFile() {
    #expect(Self.trusted.count == 113)
    #expect(Self.named.isSubset(of: Self.trusted.map(\.file)))
  }

  @Test(.enabled(if: Shared.isPresent, Shared.missing), arguments: trusted)
  func tableEqualsTheExpectedContents(entry: Entry) throws {
    let path = Shared.path("data/sas/\(entry.file)")
    var options = ReadOptions()
    if Self.named.contains(entry.file) {
      #expect { try TableReader.read(path) } throws: { error in
        error.faults(.data)?.description.contains("character set") == true
      }
      options.encoding = "ISO-8859-1"
    }
    let result = try TableReader.read(path, options: options)
    let expected = PlainCsv.records(try Shared.content("oracles/sas/\(entry.trust)"))
    try #require(!expected.isEmpty)
    let differences = TableComparison.differences(result.table, expected)
    #expect(differences.isEmpty, "\(differences.prefix(3))")
    #expect(result.facts.rowCount == expected.count - 1)
  }
}

enum TableComparison {
  /// Where the table differs from records of text, the first being names: numbers as numbers, missing = empty.
  static func differences(_ table: Table, _ records: [[String]]) -> [String] {
    guard table.names == records[0] else { return ["names \(table.names) instead of \(records[0])"] }
    guard table.rowCount == records.count - 1 else {
      return ["\(table.rowCount) rows instead of \(records.count - 1)"]
    }
    var found: [String] = []
    for (place, column) in table.columns.enumerated() {
      for row in 0..<table.rowCount {
        let wanted = records[row + 1][place]
        let equal: Bool
        switch column.values {
        case .number(let numbers):
          equal = wanted.isEmpty ? numbers[row].isNaN : Double(wanted) == numbers[row]
        case .moment(let numbers, let unit):
          // The contents have SAS's numbers, which behind the year 4000 are days of another calendar.
          equal = wanted.isEmpty ? numbers[row].isNaN : Double(wanted) == SasCalendar.sasNumber(numbers[row], unit)
        case .text(let text):
          equal = (text[row] ?? "") == wanted
        }
        if !equal { found.append("\(column.name)[\(row)]: \(column.values.cell(row)) instead of \(wanted)") }
      }
    }
    return found
  }
}

extension ColumnValues {
  func cell(_ row: Int) -> String {
    switch self {
    case .number(let numbers), .moment(let numbers, _): "\(numbers[row])"
    case .text(let text): text[row] ?? ""
    }
  }
}
