internal import CutlineCore
internal import CutlineCredit

/// The amounts as whole numbers of one scale, rounded half to even when the table is read.
struct Amounts {
  let scale: AmountScale
  /// Per standard amount, per row; 0 where missing.
  private var columns: [Amount: [Int64]] = [:]
  /// Amounts that have more decimals than the scale: how many of each, where there are any.
  private(set) var rounded: [(amount: Amount, rows: Int)] = []
  /// Rows whose numerator and denominator are both known.
  let hasOutcome: RowSet
  /// Rows that lack the requested or the booked amount.
  let lacksAmount: RowSet

  /// - Parameter stated: the decimals; nil = those of the values.
  /// - Throws: `Faults` (data) for a column that is not numeric, an amount too large to add up, and where rounding moves a
  ///   sum.
  init(_ table: Table, decimals stated: Int? = nil) throws {
    let numbers = try Amount.standard.map { try table.numbers($0.name) }
    scale = stated.map { AmountScale($0) } ?? AmountScale(of: numbers)
    for (amount, values) in zip(Amount.standard, numbers) {
      let (whole, rows) = try scale.round(
        values, beside: numbers,
        place: { row in row.map { Place(column: amount.name, row: $0) } ?? "column \(amount.name)".place },
        setting: "amount_scale = ")
      columns[amount.with(scale)] = whole
      if rows > 0 { rounded.append((amount, rows)) }
    }
    let numerator = try table.numbers(Amount.numerator.name)
    let denominator = try table.numbers(Amount.denominator.name)
    let (requested, production) = (numbers[1], numbers[4])
    lacksAmount = RowSet(rowCount: table.rowCount) { requested[$0].isNaN || production[$0].isNaN }
    hasOutcome = RowSet(rowCount: table.rowCount) { !numerator[$0].isNaN && !denominator[$0].isNaN }
  }

  /// One of the standard amounts, per row.
  subscript(amount: Amount) -> [Int64] { columns[amount] ?? [] }

  /// The amounts of some rows, numerator and denominator 0 where `isMature` is false.
  ///
  /// Each column is given up when its values are made.
  consuming func values(of rows: RowSet, isMature: (Int) -> Bool) -> [Amount: [Int64]] {
    var values: [Amount: [Int64]] = [:]
    let matured = Set([Amount.numerator, .denominator].map { $0.with(scale) })
    while let amount = columns.keys.first, var column = columns.removeValue(forKey: amount) {
      if matured.contains(amount) { for row in rows where !isMature(row) { column[row] = 0 } }
      values[amount] = (consume column).kept(rows)
    }
    return values
  }

  /// Production of an application that was not booked is what it asked for.
  mutating func requestAsProduction(where isNotBooked: (Int) -> Bool) {
    let requested = self[.requested]
    guard var production = columns.removeValue(forKey: .production.with(scale)) else { return }
    for row in requested.indices where isNotBooked(row) { production[row] = requested[row] }
    columns[.production.with(scale)] = production
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
      let doubt = NumberDoubt.first(in: text) ?? (row: row, reason: "is text", isNumber: true)
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
        Self.proposal(column)
          ?? "State its form in [stages.source] with = { date_formats = [\"%Y%m%d\"] }, or what it counts: types = { \(name) = "
          + "\"date:sas-days\" } or \"date:excel-days\".")
    case .text(let text):
      guard let row = text.codes.firstIndex(where: { $0 >= 0 }) else {
        throw Faults.data("column \(name)", "is empty where dates are needed", "Check the file.")
      }
      let bad = text.codes.firstIndex { $0 >= 0 && CalendarDate(iso: text.value($0)) == nil } ?? row
      throw Faults.data(
        Place(column: name, row: bad), "holds text where a date is needed", found: .personal(text[bad] ?? ""),
        Self.proposal(column)
          ?? "Correct the file, or state all forms of its dates in [stages.source] with = { types = { \(name) = "
          + "[\"date:%d/%m/%Y\", \"date:iso\"] } }; date_formats = [\"%d/%m/%Y\"] is for all columns.")
    }
  }

  /// The line that would read every value, where there is one reading.
  private static func proposal(_ column: Column) -> String? {
    let types = DateGuess(column).types
    guard let first = types.first else { return nil }
    let line = "with = { types = { \(column.name) = \"\(first)\" } } in [stages.source]"
    return types.count == 1
      ? "Every value is a date under \(line)."
      : "Every value is a date under \(line), but also as \(types.dropFirst().joined(separator: " or ")): state which."
  }

  /// Whole days, all between the years 1 and 9999.
  private static func inCalendar(_ days: [Double], _ name: String) throws -> [Double] {
    if let row = days.firstIndex(where: { $0 < -715_510 || $0 >= 2_936_550 }) {
      throw Faults.data(
        Place(column: name, row: row), "holds a date that no calendar has, in days from 1960-01-01",
        found: .personal(NumberText.shortest(days[row])), "Correct the row.")
    }
    // The column itself where it holds whole days, as nearly all do.
    return days.allSatisfy { $0.isNaN || $0 == $0.rounded(.down) } ? days : days.map { $0.rounded(.down) }
  }
}
