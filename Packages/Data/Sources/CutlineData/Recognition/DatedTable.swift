internal import CutlineCore

/// A table whose dates in text or numbers, where a name says that they are some, are dates.
struct DatedTable {
  private(set) var table: Table
  private(set) var types: [(column: String, type: String)] = []
  private(set) var open: [String] = []
  /// Columns of dates whose form is open.
  private(set) var undecided: [String] = []
  /// Columns called like dates that are text in no known form, as the file spells them.
  private(set) var formless: [String] = []

  /// - Parameter date: the column that a person says is the date.
  init(_ table: Table, date: String? = nil) {
    self.table = table
    var columns: [Column] = []
    for column in table.columns {
      columns.append(column)
      let words = ColumnGuess.words(of: column)
      let isNamed = words.contains { word in Self.names.contains { word.hasPrefix($0) } }
      guard isNamed || column.name == date || Self.looksLikeDates(column) else { continue }
      let guess = DateGuess(column)
      if guess.types.count > 1 {
        undecided.append(column.name)
        open.append(
          "in which form \(column.originalName) holds dates: \(guess.types.joined(separator: " or ")) (cutline init --type "
            + "\(column.originalName)=…)")
      } else if let type = guess.types.first, let dates = guess.column {
        types.append((column.originalName, type))
        columns[columns.count - 1] = dates
      } else if case .text(let text) = column.values, isNamed || column.name == date,
        let code = text.codes.first(where: { $0 >= 0 }), text.value(code).count(where: \.isNumber) > 2
      {
        formless.append(column.originalName)
      }
    }
    // The same columns under the same names, so that this cannot fail.
    self.table = (try? Table(columns: columns, rowCount: table.rowCount)) ?? table
  }

  private static let names = [
    "date", "month", "period", "vintage", "day", "fecha", "mes", "datum", "monat", "jour", "mois", "datas",
  ]

  /// Whether its first text is of digits with two marks between them.
  private static func looksLikeDates(_ column: Column) -> Bool {
    guard case .text(let text) = column.values, let code = text.codes.first(where: { $0 >= 0 }) else { return false }
    let value = text.value(code).utf8
    return (6...12).contains(value.count) && value.count { [45, 46, 47].contains($0) } == 2
      && value.count { (48...57).contains($0) } >= 4
  }
}
