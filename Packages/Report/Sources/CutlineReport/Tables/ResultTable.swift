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
    var text = ""
    for row in [columns.map(\.name)] + rows {
      text += row.map(Self.field).joined(separator: ",") + "\n"
    }
    return ResultFile(path: path, bytes: Array(text.utf8), columns: columns)
  }

  private static func field(_ text: String) -> String {
    var text = text
    if let first = text.first, "=@+\t\r".contains(first), Double(text) == nil { text = "'" + text }
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// How numbers stand in result files: the shortest form that reads back as the same number, nothing where undefined.
enum NumberForm {
  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  static func optional(_ value: Double?) -> String { value.map(number) ?? "" }

  /// Hundredths of a period as units of a year.
  static func annualised(_ hundredths: Int64, _ coefficient: Double) -> String {
    number(Double(hundredths) * coefficient / 100)
  }
}
