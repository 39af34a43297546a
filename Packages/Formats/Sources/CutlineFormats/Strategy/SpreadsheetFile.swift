public import Foundation

/// One sheet of text and numbers as an xlsx file.
public enum SpreadsheetFile {
  public enum Cell: Sendable {
    case empty
    case text(String)
    /// Empty where there is none.
    case number(Double?)
  }

  /// - Parameters:
  ///   - sheet: its name.
  ///   - columns: names, which stay in view.
  /// - Throws: `Faults` (usage) where libxlsxwriter is not installed; (data) for more than a spreadsheet holds.
  public static func bytes(title: String, sheet: String, columns: [String], rows: [[Cell]]) throws -> Data {
    let header = columns.map { Workbook.Cell.text($0, .header) }
    let cells = rows.map { row in
      row.map { cell -> Workbook.Cell in
        switch cell {
        case .empty: .empty
        case .text(let text): text.isEmpty ? .empty : .text(text)
        case .number(let value): .number(value, .plain)
        }
      }
    }
    let book = Workbook(
      title: title, sheets: [Workbook.Sheet(name: sheet, rows: [header] + cells, frozenColumns: 1)])
    return try XlsxLibrary.installed.get().bytes(of: book)
  }
}

/// Names of C.
public enum CNames {
  /// - Throws: `Faults` (usage) for what is no name of a function.
  public static func check(_ function: String) throws { try CModel.checkName(function) }
}
