public import CutlineCore
public import CutlineCredit

/// Strategies from a file of cutoffs, in any form that Cutline writes.
///
/// - one row a strategy, with a column per bin of the first variable called `1`, `bin_1`, `cut_1` or `cutoff_1`, of a single score `all`,
///   `bin_all` or `cut_all`;
/// - one row per strategy and bin: `scenario` (or `strategy`, or `name`), `<variable>_bin`, `cutoff_value`.
///
/// A cutoff is the riskiest bin of the last variable still accepted; an empty one accepts nothing. A strategy without a name is called by
/// `changes_at_most` or `sol_fac`, where its row has it, else by the row's number.
public struct CutoffsFile {
  /// A strategy and its name: the scenario, or the number of its row.
  public struct Named {
    public let name: String
    public let strategy: Strategy
  }

  /// In order of the file.
  public let strategies: [Named]
  private let path: String
  private let labels: CutoffLabels

  /// - Parameter read: reads a table from a file.
  public init(_ path: String, labels: CutoffLabels, read: ReadsTable) throws {
    self.path = path
    self.labels = labels
    let table = try read(path)
    let names = labels.combinations
    let wide = names.compactMap { bin in
      [bin, "bin_\(bin)", "cut_\(bin)", "cutoff_\(bin)", "\(bin).0"].first { table[$0] != nil }
    }
    // A cutoff for a bin that is not there would be lost in silence.
    if let stray = table.names.first(where: { Self.namesBin($0) && !wide.contains($0) }), wide.count == names.count {
      throw Faults.data(
        path, "\(stray) names a bin that the grid does not have",
        "Its bins: \(names.prefix(50).joined(separator: ", ")).")
    }
    if wide.count == names.count {
      strategies = try Self.wide(table, wide, labels, path)
    } else if let bins = table.names.first(where: { $0.hasSuffix("_bin") }), table["cutoff_value"] != nil {
      strategies = try Self.long(table, bins, labels, path)
    } else {
      throw Faults.data(
        path,
        "holds neither a cutoff for each of the \(names.count) bins of \(labels.grid.axes[0].name) nor the columns "
          + "<variable>_bin and cutoff_value", "Columns found: \(table.names.joined(separator: ", ")).")
    }
    var met: Set<String> = []
    for own in strategies where !met.insert(own.name).inserted {
      throw Faults.data(
        path, "two strategies are called \(own.name.prefix(60).debugDescription)", "Give each its own name.")
    }
    guard !strategies.isEmpty else { throw Faults.data(path, "holds no strategy", "Write one row a strategy.") }
  }

  /// Whether a column is called like a bin of some grid: `3`, `3_1`, `bin_3`, `cut_3_1` or `3.0`.
  private static func namesBin(_ name: String) -> Bool {
    let prefix = ["bin_", "cut_", "cutoff_"].first { name.hasPrefix($0) } ?? ""
    let number = name.dropFirst(prefix.count)
    let digits = number.hasSuffix(".0") ? number.dropLast(2) : number
    return digits.split(separator: "_", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) }
    }
  }

  private static func wide(_ table: Table, _ names: [String], _ labels: CutoffLabels, _ path: String) throws -> [Named]
  {
    let columns = try names.map { try numbers(table, $0) }
    // Rows of tables of a run are called as these count them, and not by their place.
    let counted = ["changes_at_most", "sol_fac"].first { table[$0] != nil }
    let counts = try counted.map { try numbers(table, $0) }
    let scenarios = strategyNames(table) ?? counts?.map { $0.isNaN ? "" : NumberText.shortest($0) }
    return try (0..<table.rowCount).filter { !isInfeasible(table, $0) }.map { row in
      let place = "\(path), row \(row + 1)"
      let accepted = try columns.map { try labels.accepted($0[row], at: place) }
      return try named(scenarios?[row] ?? String(row + 1), accepted, labels, place)
    }
  }

  private static func long(_ table: Table, _ bins: String, _ labels: CutoffLabels, _ path: String) throws -> [Named] {
    let names = labels.combinations
    let binNames =
      try texts(table, bins)
      ?? numbers(table, bins).map { $0.isNaN ? "" : Int64(exactly: $0).map { String($0) } ?? NumberText.shortest($0) }
    let cutoffs = try numbers(table, "cutoff_value")
    let scenarios = strategyNames(table) ?? Array(repeating: "1", count: table.rowCount)
    var order: [String] = []
    var byName: [String: [Int?]] = [:]
    for row in 0..<table.rowCount where !isInfeasible(table, row) {
      let place = "\(path), row \(row + 1)"
      guard let at = names.firstIndex(of: binNames[row]) else {
        throw Faults.data(
          place, "\(bins) is no bin of the grid", found: .personal(binNames[row]),
          "It must be one of \(names.prefix(50).joined(separator: ", ")).")
      }
      if byName[scenarios[row]] == nil { order.append(scenarios[row]) }
      var accepted = byName[scenarios[row]] ?? Array(repeating: nil, count: names.count)
      guard accepted[at] == nil else {
        throw Faults.data(place, "bin \(names[at]) of \(scenarios[row]) stands twice", "Keep one row a bin.")
      }
      accepted[at] = try labels.accepted(cutoffs[row], at: place)
      byName[scenarios[row]] = accepted
    }
    return try order.map { name in
      let accepted = byName[name] ?? []
      if let missing = accepted.firstIndex(where: { $0 == nil }) {
        throw Faults.data(path, "\(name) has no row for bin \(names[missing])", "Every bin needs one.")
      }
      return try named(name, accepted.compactMap { $0 }, labels, "\(path), \(name)")
    }
  }

  /// What the rows are called: the first of these columns that is there.
  private static func strategyNames(_ table: Table) -> [String]? {
    texts(table, "scenario") ?? texts(table, "strategy") ?? texts(table, "name")
  }

  /// A scenario without a strategy accepts nothing only as there is none.
  private static func isInfeasible(_ table: Table, _ row: Int) -> Bool {
    guard case .text(let status)? = table["status"]?.values else { return false }
    return status[row] == "infeasible"
  }

  private static func named(
    _ name: String, _ accepted: [Int], _ labels: CutoffLabels, _ place: String
  ) throws -> Named {
    let strategy = Strategy(accepted: accepted)
    if let (safer, riskier) = strategy.firstViolation(in: labels.grid) {
      let names = labels.combinations
      throw Faults.data(
        place, "bin \(names[riskier]) accepts more than the safer bin \(names[safer])",
        "A safer bin must accept at least as much.")
    }
    return Named(name: name, strategy: strategy)
  }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    switch try table.column(name).values {
    case .number(let values): return values
    // A column without any value has no type of its own.
    case .text(let text) where text.distinctCount == 0: return text.codes.map { _ in .nan }
    case .text(let text):
      let row = text.codes.indices.first { row in text[row].map { Double($0) == nil } ?? false } ?? 0
      throw Faults.data(
        Place(column: name, row: row), "does not hold bin numbers", found: .personal(text[row] ?? ""),
        "Write whole numbers, or nothing.")
    case .moment:
      throw Faults.data("column \(name)", "holds dates where bin numbers are needed", "Write whole numbers.")
    }
  }

  private static func texts(_ table: Table, _ name: String) -> [String]? {
    guard case .text(let text)? = table[name]?.values else { return nil }
    return text.codes.indices.map { text[$0] ?? "" }
  }
}
