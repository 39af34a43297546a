internal import CutlineCore

/// What pictures need of a run's tables besides the tables.
extension RunTables {
  /// The table of this name in whatever folder of the run it lies; the one nearest to the top where there are several.
  func named(_ name: String) throws -> StoredTable? { try path(named: name).flatMap { try table($0) } }

  func path(named name: String) -> String? {
    records.map(\.path).filter { $0 == name || $0.hasSuffix("/\(name)") }.min {
      let depths = ($0.count { $0 == "/" }, $1.count { $0 == "/" })
      return depths.0 != depths.1 ? depths.0 < depths.1 : $0 < $1
    }
  }

  /// The table of this name in a folder of this name.
  func named(_ name: String, in folder: String) throws -> StoredTable? { try named("\(folder)/\(name)") }

  /// What stands between `prefix` and `suffix` in the names of files, sorted.
  func names(_ prefix: String, _ suffix: String) -> [String] {
    let names = records.compactMap { record -> String? in
      let name = record.path.split(separator: "/").last.map(String.init) ?? record.path
      guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.utf8.count > prefix.utf8.count + suffix.utf8.count
      else { return nil }
      return String(name.dropFirst(prefix.count).dropLast(suffix.count))
    }
    return Array(Set(names)).sorted()
  }

  /// Names of the scenarios that have a strategy, in the order of their limits.
  func scenarios() throws -> [String] {
    guard let table = try named("strategies.csv") else { return [] }
    return table.rows.indices.filter { !table.text("production", $0).isEmpty }.map { table.text("strategy", $0) }
      .filter { !["actual", "in force"].contains($0) }
  }

  /// The sign that amounts are shown with; empty where no table says it.
  func currency() -> String {
    let column = "Production ("
    for record in records where record.path.contains("risk_production_summary_") {
      for note in record.columns where note.name.hasPrefix(column) && !note.name.hasSuffix("(%)") {
        return String(note.name.dropFirst(column.count).dropLast())
      }
    }
    return ""
  }

  /// The months of the main period, in words.
  func mainPeriod() throws -> String {
    if let table = try named("stability_monthly.csv") {
      let months = table.rows.indices.filter { table.text("in_main_period", $0) == "true" }.map {
        table.text("month", $0)
      }
      if let first = months.min(), let last = months.max() { return "main period \(first) to \(last)" }
    }
    if let table = try named("swap_in_rates.csv"), !table.rows.isEmpty, !table.text("first_month", 0).isEmpty {
      return "main period \(table.text("first_month", 0)) to \(table.text("last_month", 0))"
    }
    return "main period"
  }
}

extension StoredTable {
  /// A field as a value of a chart: a gap where it holds no number.
  func value(_ column: String, _ row: Int) -> Specification { Specification(number(column, row)) }

  /// Fields as rows of a chart's table, shown in a form each; fields without a form stay as they are.
  func shown(_ columns: [(name: String, form: ShownNumber.Form?)], rows: [Int]) -> [[String]] {
    rows.map { row in
      columns.map { column in
        let field = text(column.name, row)
        return column.form.map { ShownNumber.text(field, $0) ?? "–" } ?? field
      }
    }
  }
}

/// Numbers in the sentences of charts.
enum Say {
  static func percent(_ value: Double?) -> String { shown(value, .percent) }
  static func amount(_ value: Double?, _ currency: String = "") -> String {
    shown(value, .amount) + (currency.isEmpty ? "" : " \(currency)")
  }
  static func count(_ value: Double?) -> String { shown(value, .count) }
  static func ratio(_ value: Double?) -> String { shown(value, .ratio) }

  /// `2.51 % more`, `3.10 % less`, `as much`; nil where `before` is not positive.
  static func change(from before: Double, to after: Double) -> String? {
    guard before > 0 else { return nil }
    let change = 100 * (after / before - 1)
    if abs(change) < 0.005 { return "as much" }
    return "\(percent(abs(change))) \(change > 0 ? "more" : "less")"
  }

  /// `1 cell`, `54 cells`.
  static func number(_ count: Int, _ thing: String) -> String {
    "\(ShownNumber.grouped("\(count)")) \(thing)\(count == 1 ? "" : "s")"
  }

  private static func shown(_ value: Double?, _ form: ShownNumber.Form) -> String {
    value.flatMap { ShownNumber.text("\($0)", form) } ?? "–"
  }
}

/// Parts that specifications share.
enum Draw {
  /// Parts that stand beside each other have colours and shapes of their own.
  static let apart: Specification = [
    "scale": ["color": "independent", "shape": "independent", "size": "independent"],
    "legend": ["color": "independent", "shape": "independent", "size": "independent"],
  ]

  /// A number across, with a title and d3's format of its ticks.
  static func number(
    _ field: String, _ title: String?, _ format: String? = nil, fromZero: Bool = false, more: Specification = [:]
  ) -> Specification {
    var axis: [String: Specification] = ["title": title.map(Specification.text) ?? nil]
    if let format { axis["format"] = .text(format) }
    return Specification.object([
      "field": .text(field), "type": "quantitative", "axis": .object(axis), "scale": ["zero": .flag(fromZero)],
    ]).merging(more)
  }

  /// An amount across: `30 M`, not `30G`.
  static func amount(_ field: String, _ title: String?, fromZero: Bool = false, more: Specification = [:])
    -> Specification
  {
    number(
      field, title, fromZero: fromZero,
      more: Specification.object([
        "axis": ["title": title.map(Specification.text) ?? nil, "labelExpr": .text(amountLabel)]
      ])
      .merging(more))
  }

  private static let amountLabel =
    "abs(datum.value) < 1000 ? format(datum.value, '.4~r') : "
    + "replace(replace(format(datum.value, '~s'), 'G', ' bn'), /(k|M)$/, ' $1')"

  /// Months as they follow each other, whatever the reader's time zone.
  static func month(_ field: String = "month", _ more: Specification = [:]) -> Specification {
    Specification.object([
      "field": .text(field), "type": "temporal", "timeUnit": "utcyearmonth",
      "axis": ["title": nil, "format": "%b %Y", "labelAngle": 0, "tickCount": 6, "grid": false],
    ]).merging(more)
  }

  /// A month of a table (`2022-01`) as the first of its days.
  static func day(_ month: String) -> Specification { .text("\(month)-01") }

  static func colour(
    _ field: String, _ names: [String], _ colours: [String], legend: Bool = true
  ) -> Specification {
    [
      "field": .text(field), "type": "nominal",
      "scale": ["domain": .texts(names), "range": .texts(colours)],
      "legend": legend ? ["title": nil] : nil,
    ]
  }
}
