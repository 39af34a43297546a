@testable import CutlineFormats
import CutlineCore
import Foundation
import TestSupport
import Testing

/// The library for spreadsheets, and what happens without it.
@Suite struct XlsxTests {
  @Test func withoutTheLibraryItSaysWhatToInstall() throws {
    let missing = expectFaults(.usage) {
      try XlsxLibrary(candidates: ["/nonexistent/libxlsxwriter.so", "libxlsxwriter-that-no-system-has.so"])
    }
    #expect(missing?.advice.contains("apt-get install libxlsxwriter-dev") == true)
  }

  /// Of a column's width counts what it shows.
  @Test func widthsFitWhatIsShown() {
    let sheet = Workbook.Sheet(
      name: "s",
      rows: [
        [.text("a", .header), .text("b")], [.number(1_234_567.891, .amount), .text(String(repeating: "x", count: 90))],
      ])
    #expect(sheet.widths[0] >= 12 && sheet.widths[1] == 48)
    if case .empty = Workbook.Cell.number(nil, .percent) {} else { Issue.record("nothing is not empty") }
  }

  /// A table that was imported without types: texts, some of which are no numbers.
  @Test(.enabled(if: Scratch.pythonHas("import sqlite3"), "needs Python with SQLite"))
  func textThatIsNoNumberIsMissing() throws {
    let place = try Scratch()
    let rules = try ExportedStrategies.all()[4].rules()
    try place.write(StrategyExport.text(of: rules, as: .sql), to: "s.sql")
    try place.write(
      """
      import sqlite3, sys
      texts = ["500", "abc", "", "NaN", "12abc", "650,5", "9999", "470", None]
      connection = sqlite3.connect(":memory:")
      connection.execute('CREATE TABLE applications (id INTEGER, "score" TEXT)')
      connection.executemany("INSERT INTO applications VALUES (?, ?)", list(enumerate(texts)))
      rows = sorted(connection.execute(open(sys.argv[1]).read()).fetchall())
      decided = sys.argv[2]
      assert [row[-1] for row in rows] == [decided] + ["outside"] * 6 + ["keep", "outside"], rows

      """, to: "texts.py")
    let said = try Scratch.python([place.path("texts.py"), place.path("s.sql"), rules.decide([500]).rawValue])
    #expect(said.code == 0, "\(said.text)")
  }
}
