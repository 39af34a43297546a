internal import CutlineCore

/// The form of dates in a column of text or numbers, found by trying.
struct DateGuess {
  /// The types that fit every value and give years of our time, each another reading; one is an answer.
  let types: [String]
  /// The column under the first of them.
  let column: Column?

  private static let forms = [
    "date:%d/%m/%Y", "date:%m/%d/%Y", "date:%d.%m.%Y", "date:%d-%m-%Y", "date:%m-%d-%Y", "date:%Y/%m/%d", "date:%Y%m%d",
    "date:%Y%m", "date:%d%b%Y", "date:%d-%b-%Y", "date:%d %b %Y", "date:%b-%Y", "date:%b %Y", "date:%Y-%m",
    "date:%Y/%m",
    "date:%m-%Y", "date:%m/%Y", "date:%d/%m/%y", "date:%m/%d/%y",
  ]
  private static let counts = [
    "date:%Y%m%d", "date:%Y%m", "date:sas-days", "date:excel-days", "date:sas-seconds", "date:unix-seconds",
    "date:unix-milliseconds",
  ]
  /// 1990 to 2040, in days since 1960.
  private static let ours = 10_957.0..<29_585.0

  init(_ column: Column) {
    let candidates: [String] =
      switch column.values {
      case .text: Self.forms
      case .number: Self.counts
      case .moment: []
      }
    var fitting: [(type: String, column: Column, days: [Double])] = []
    for type in candidates {
      // What does not fit is no answer, and nothing to report.
      guard let read = try? Self.read(column, as: type), case .moment(let days, .date) = read.values else { continue }
      let known = days.filter { !$0.isNaN }
      guard !known.isEmpty, known.allSatisfy(Self.ours.contains), !fitting.contains(where: { Self.same($0.days, days) })
      else { continue }
      fitting.append((type, read, days))
    }
    types = fitting.map(\.type)
    self.column = fitting.first?.column
  }

  private static func read(_ column: Column, as type: String) throws -> Column? {
    var options = ReadOptions()
    options.columnTypes = [column.name: try ColumnType([type], of: column.name)]
    var typing = try TableTyping(options)
    let table = try Table(columns: [column], rowCount: column.count)
    return try typing.typed(table, names: [column.name], path: column.name)[column.name]
  }

  private static func same(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }
}
