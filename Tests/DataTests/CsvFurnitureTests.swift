import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// What stands around and inside the records of files that do not keep to RFC 4180.
@Suite("Furniture of text files")
struct CsvFurnitureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, _ change: (inout ReadOptions) -> Void = { _ in }) throws -> ReadResult {
    var options = ReadOptions()
    change(&options)
    return try TableReader.read(try folder.write(Array(text.utf8), to: "t.csv"), options: options)
  }

  private func cells(_ result: ReadResult) -> [[String]] {
    (0..<result.table.rowCount).map { row in result.table.columns.map { $0.values.cell(row) } }
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func linesAboveTheNames(lineBreak: String) throws {
    let text = ["Report \"x", "", "sum; 5", "a;b", "1;x", "2;y"].joined(separator: lineBreak)
    let result = try read(text) { $0.skipLines = 3 }
    #expect(result.table.names == ["a", "b"] && result.table.rowCount == 2)
    let faults = expectFaults(.data) { try read(["Report", "", "a;b", "1;x", "2;y"].joined(separator: "\n")) }
    #expect(faults?.description.contains("The names seem to stand in line 3: state skip_lines = 2") == true)
    #expect(faults?.description.contains("line 3") == true)
    let broken = expectFaults(.data) { try read(text + lineBreak + "3") { $0.skipLines = 3 } }
    #expect(broken?.description.contains(lineBreak == "\r" ? "row 3" : "line 7, row 3") == true)
    expectFaults(.data) { try read(text) { $0.skipLines = 6 } }
  }

  @Test func whatASpreadsheetSaysAboutItsSeparator() throws {
    for first in ["sep=;", "\"sep=;\"", "SEP=;", "\u{FEFF}sep=;"] {
      let result = try read("\(first)\r\nid;n,m\r\n1;2,5\r\n") { $0.decimalMark = "," }
      #expect(result.table.names == ["id", "n,m"] && cells(result) == [["1.0", "2.5"]])
    }
    #expect(try read("sep=\t\na\tb\n1\t2\n").table.names == ["a", "b"])
    // A column that is called so is none.
    #expect(try read("sep=x,b\n1,2\n").table.names == ["sep=x", "b"])
  }

  @Test func theEndOfAFileOfDos() throws {
    #expect(try read("a,b\n1,2\n\u{1A}").table.rowCount == 1)
    #expect(try read("a,b\r\n1,2\u{1A}\u{1A}").table.rowCount == 1)
    #expect(try read("a\nx\u{1A}y\n").table.rowCount == 1)
  }

  @Test func blanksAroundQuotesAndNamesAndValues() throws {
    let result = try read("id, name,\u{A0}v\u{200B}\n1, \"a, b\" ,\u{A0}2\n2,\"c\",3\t\n")
    #expect(result.table.names == ["id", "name", "v"])
    #expect(cells(result) == [["1.0", "a, b", "2.0"], ["2.0", "c", "3.0"]])
    let moments = try read("d,m\n 2021-01-01,\u{A0}\n2021-01-02\u{A0},1\n").table
    guard case .moment = try moments.column("d").values, case .number(let m) = try moments.column("m").values else {
      Issue.record("types")
      return
    }
    #expect(m[0].isNaN && m[1] == 1)
  }

  @Test func aQuotedDecimalComma() throws {
    for delimiter in [nil, "," as Character] {
      let result = try read("id,rate\n1,\"27,03\"\n2,\"3,2\"\n") {
        $0.decimalMark = ","
        $0.delimiter = delimiter
      }
      #expect(cells(result) == [["1.0", "27.03"], ["2.0", "3.2"]])
    }
  }

  @Test func commentsQuotesAndEscapes() throws {
    let text = "# it's \"open\nid,name\n1,\"a \\\"b\\\" c\"\n#2,x\n2,d\\,e\n3,\\N\n4,f\\\\g\n"
    let result = try read(text) {
      $0.comment = "#"
      $0.escape = "\\"
    }
    #expect(cells(result) == [["1.0", "a \"b\" c"], ["2.0", "d,e"], ["3.0", ""], ["4.0", "f\\g"]])
    let marked = try read("\u{FEFF}# remark\n'id',n\n1,2\n") {
      $0.comment = "#"
      $0.quote = "'"
    }
    #expect(marked.table.names == ["id", "n"] && marked.table.rowCount == 1)
    let single = try read("id;n\n1;'it''s; \"x\"'\n2;O'Brien\n") { $0.quote = "'" }
    #expect(cells(single) == [["1.0", "it's; \"x\""], ["2.0", "O'Brien"]])
    let none = try read("id\tn\n1\t5\" pipe\n2\t\"\n") { $0.quote = "none" }
    #expect(cells(none) == [["1.0", "5\" pipe"], ["2.0", "\""]])
    let long = try read("//a\n/b,c\n1,2\n//\n") { $0.comment = "//" }
    #expect(long.table.names == ["/b", "c"] && long.table.rowCount == 1)
  }

  @Test func whatBreaksTheRulesIsStillSaidWithItsLine() throws {
    func message(_ text: String) throws -> String {
      let faults = expectFaults(.data) {
        try read(text) {
          $0.comment = "#"
          $0.escape = "\\"
        }
      }
      return faults?.description ?? ""
    }
    #expect(try message("#1\na,b\n#2\n1,2\n#3\n\"x\"y,2\n").contains("line 6, row 2, column 1 (a): text follows"))
    #expect(try message("a,b\n1,\"x\n").contains("line 2, row 1, column 2 (b): a quote is opened and never closed"))
    #expect(try message("#\na,b\n1,2,3\n").contains("line 3, row 1: has 3 fields"))
    for change: (inout ReadOptions) -> Void in [
      { $0.quote = "ab" }, { $0.escape = "é" }, { $0.comment = "\n" }, { $0.quote = "7" },
    ] { expectFaults(.usage) { try read("a,b\n1,2\n", change) } }
  }

  /// The same records in the usual signs and in others are one table, for any chunks.
  @Test func otherSignsGiveTheSameTable() throws {
    var generator = SplitMix(state: 11)
    let pieces = ["a", "'", "\"", ";", "\\", "\n", " ", "é", "#", "0", "x y"]
    let rows = (0..<600).map { row in
      ["\(row)"]
        + (0..<2).map { _ in (0..<Int(generator.next() % 6)).map { _ in pieces[Int(generator.next() % 11)] }.joined() }
    }
    let usual = rows.map { row in
      row.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" }.joined(separator: ";")
    }
    let other = rows.enumerated().map { index, row in
      let fields = row.map { field in
        let escaped = field.map { "'\\".contains($0) ? "\\\($0)" : String($0) }.joined()
        return "'\(escaped)'"
      }
      return (index % 7 == 0 ? "# it's \"a remark\n" : "") + fields.joined(separator: ";")
    }
    func text(_ lines: [String]) -> String { (["id;u;v"] + lines).joined(separator: "\n") + "\n" }
    let types: [String: ColumnType] = ["u": .text, "v": .text]
    let wanted = try read(text(usual)) { $0.columnTypes = types }
    for bytes in [4 << 20, 1500] {
      let found = try read(text(other)) {
        $0.columnTypes = types
        $0.quote = "'"
        $0.escape = "\\"
        $0.comment = "#"
        $0.csvChunkBytes = bytes
      }
      #expect(SameTable.difference(found.table, wanted.table) == nil)
    }
  }

  @Test func pointsBeforeThreeDigitsStopTheRead() throws {
    let faults = expectFaults(.data) { try read("id;amount;rate\n1;950;0.125\n2;15.000;0.500\n") }
    #expect(faults?.description.contains("column amount, row 2") == true && faults?.all.count == 1)
    #expect(faults?.masked.contains("15.000") == false)
    #expect(cells(try read("id,amount\n2,15.000\n")) == [["2.0", "15.0"]])
    #expect(cells(try read("id;amount\n2;15.000\n") { $0.decimalMark = "." }) == [["2.0", "15.0"]])
    #expect(cells(try read("id;amount\n2;15.000\n") { $0.thousandsMark = "." }) == [["2.0", "15000.0"]])
    // Found in the last of many chunks, and settled there.
    let rows = (1...3000).map { "\($0);1.500" }
    expectFaults(.data) { try read((["id;amount"] + rows).joined(separator: "\n")) { $0.csvChunkBytes = 2000 } }
    let settled = try read((["id;amount"] + rows + ["3001;0.25"]).joined(separator: "\n")) { $0.csvChunkBytes = 2000 }
    #expect(settled.table.rowCount == 3001)
  }
}
