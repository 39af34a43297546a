internal import CutlineCore
internal import CutlineCredit

/// A result table while it is written: described columns, then rows of fields.
struct ResultTable {
  let path: String
  let columns: [ColumnNote]
  private(set) var rows: [[String]] = []

  init(path: String, columns: [ColumnNote]) {
    self.path = path
    self.columns = columns
  }

  mutating func add(_ fields: [String]) { rows.append(fields) }

  /// The table as CSV (RFC 4180 with LF): a field is quoted when it must be, and one that a spreadsheet would take for
  /// a formula is led by an apostrophe.
  var file: ResultFile {
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for row in rows { text.add(row) }
    return ResultFile(path: path, bytes: text.bytes, columns: columns)
  }
}

/// How volumes stand in result files.
enum NumberForm {
  /// A sum of a period as units of a year.
  static func annualised(_ sum: Int64, _ cells: CellTable) -> String {
    NumberText.shortest(Double(sum) * cells.annualCoefficient / cells.scale.perUnit)
  }
}
