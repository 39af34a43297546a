internal import CutlineCore
internal import CutlineCredit

/// The amounts in hundredths, rounded half to even when the table is read.
struct Amounts {
  /// Per standard amount, per row; 0 where missing.
  private var columns: [Amount: [Int64]] = [:]
  /// Amounts with a third decimal, for which hundredths are too coarse: how many of each, where there are any.
  private(set) var rounded: [(amount: Amount, rows: Int)] = []
  /// Rows whose numerator and denominator are both known.
  let hasOutcome: RowSet

  /// - Throws: `Faults` (data) for a column that is not numeric or an amount beyond ±9·10¹³.
  init(_ table: Table) throws {
    for amount in Amount.standard {
      let (cents, rows) = try Self.hundredths(table, amount.name)
      columns[amount] = cents
      if rows > 0 { rounded.append((amount, rows)) }
    }
    let numerator = try table.numbers(Amount.numerator.name)
    let denominator = try table.numbers(Amount.denominator.name)
    hasOutcome = RowSet(rowCount: table.rowCount) { !numerator[$0].isNaN && !denominator[$0].isNaN }
  }

  /// One of the standard amounts, per row.
  subscript(amount: Amount) -> [Int64] { columns[amount] ?? [] }

  /// The amounts of some rows, numerator and denominator 0 where `isMature` is false.
  func values(of rows: RowSet, isMature: (Int) -> Bool) -> [Amount: [Int64]] {
    var values = columns.mapValues { column in rows.map { column[$0] } }
    for amount in [Amount.numerator, .denominator] {
      values[amount] = rows.map { isMature($0) ? self[amount][$0] : 0 }
    }
    return values
  }

  /// Production of an application that was not booked is what it asked for.
  mutating func requestAsProduction(where isNotBooked: (Int) -> Bool) {
    let requested = self[.requested]
    for row in requested.indices where isNotBooked(row) { columns[.production]?[row] = requested[row] }
  }

  /// - Returns: the amounts, and how many of them lost more than a tenth of a hundredth.
  /// - Throws: `Faults` (data), also where the column's sum changes by more than one part in 1,000: it then stands in a
  ///   unit too large for hundredths, such as millions.
  private static func hundredths(_ table: Table, _ name: String) throws -> (cents: [Int64], rounded: Int) {
    let numbers = try table.numbers(name)
    var cents = [Int64](repeating: 0, count: numbers.count)
    var (rounded, change, size) = (0, 0.0, 0.0)
    for row in numbers.indices where !numbers[row].isNaN {
      let scaled = (numbers[row] * 100).rounded(.toNearestOrEven)
      guard abs(scaled) < 0x1p53 else {
        throw Faults.data(
          Place(column: name, row: row), "the amount is too large to add up exactly",
          found: .personal("\(numbers[row])"), "Correct the row; amounts must stay below 9e13.")
      }
      cents[row] = Int64(scaled)
      let lost = scaled / 100 - numbers[row]
      if abs(lost) > 0.001 { rounded += 1 }
      change += lost
      size += abs(numbers[row])
    }
    guard abs(change) <= size / 1000 else {
      throw Faults.data(
        "column \(name)",
        "rounding to hundredths changes its sum by \(String(format: "%.2g", 100 * abs(change) / size)) %",
        "State the amounts in a smaller unit, such as units instead of millions.")
    }
    return (cents, rounded)
  }
}

extension Table {
  /// A numeric column.
  /// - Throws: `Faults` (data) that shows the first value that is not a number.
  func numbers(_ name: String) throws -> [Double] {
    let column = try column(name)
    switch column.values {
    case .number(let numbers): return numbers
    case .moment:
      throw Faults.data("column \(name)", "holds dates where numbers are needed", "Check which column is meant.")
    case .text(let text):
      // A column without any value has no type of its own.
      guard let row = text.codes.firstIndex(where: { $0 >= 0 }) else {
        return [Double](repeating: Missing.plain.value, count: rowCount)
      }
      let doubt = NumberDoubt.first(in: text) ?? (row, "is text")
      throw Faults.data(
        Place(column: name, row: doubt.row), "holds text where a number is needed",
        found: .personal(text[doubt.row] ?? ""),
        "It \(doubt.reason): correct the file, or state types = { \(name) = \"number\" } in with of [stages.source], with other marks "
          + "\"number:1.234,5\".")
    }
  }

  /// A date column in days since 1960-01-01; date-times lose their time of day.
  /// - Throws: `Faults` (data) that shows the first value that is not a date.
  func days(_ name: String) throws -> [Double] {
    let column = try column(name)
    switch column.values {
    case .moment(let days, .date): return try Self.inCalendar(days, name)
    case .moment(let seconds, .dateTime): return try Self.inCalendar(seconds.map { $0 / 86_400 }, name)
    case .moment(_, .time):
      throw Faults.data("column \(name)", "holds times of day where dates are needed", "Check which column is meant.")
    case .number(let numbers):
      let row = numbers.firstIndex { !$0.isNaN } ?? 0
      throw Faults.data(
        Place(column: name, row: row), "holds a number where a date is needed",
        found: .personal(numbers.isEmpty ? "" : NumberText.shortest(numbers[row])),
        "State its form in [stages.source] with = { date_formats = [\"%Y%m%d\"] }, or what it counts: types = { \(name) = "
          + "\"date:sas-days\" } or \"date:excel-days\".")
    case .text(let text):
      guard let row = text.codes.firstIndex(where: { $0 >= 0 }) else {
        throw Faults.data("column \(name)", "is empty where dates are needed", "Check the file.")
      }
      let bad = text.codes.firstIndex { $0 >= 0 && CalendarDate(iso: text.value($0)) == nil } ?? row
      throw Faults.data(
        Place(column: name, row: bad), "holds text where a date is needed", found: .personal(text[bad] ?? ""),
        "Correct the file, or state all forms of its dates in [stages.source] with = { types = { \(name) = "
          + "[\"date:%d/%m/%Y\", \"date:iso\"] } }; date_formats = [\"%d/%m/%Y\"] is for all columns.")
    }
  }

  /// Whole days, all between the years 1 and 9999.
  private static func inCalendar(_ days: [Double], _ name: String) throws -> [Double] {
    if let row = days.firstIndex(where: { $0 < -715_510 || $0 >= 2_936_550 }) {
      throw Faults.data(
        "column \(name), row \(row + 1)", "holds a date \(days[row]) days from 1960-01-01, which no calendar has",
        "Correct the row.")
    }
    return days.map { $0.isNaN ? $0 : $0.rounded(.down) }
  }
}
