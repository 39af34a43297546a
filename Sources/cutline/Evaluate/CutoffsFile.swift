internal import CutlineCore
internal import CutlineData

/// Strategies from a file of cutoffs, in any form that Cutline writes.
///
/// - one row a strategy, with a column per bin of the first variable called `1`, `bin_1` or `cut_1`;
/// - one row per strategy and bin: `scenario`, `<variable>_bin`, `cutoff_value`.
///
/// A cutoff is the riskiest bin of the last variable still accepted; an empty one accepts nothing.
struct CutoffsFile {
  /// Names (a scenario, or the row's number) and strategies in order of the file.
  let strategies: [(name: String, strategy: Strategy)]

  init(_ path: String, grid: CellGrid) throws {
    let table = try TableReader.read(path, options: ReadOptions()).table
    let count = grid.axes.dropLast().reduce(1) { $0 * $1.binCount }
    let wide = (1...count).compactMap { bin in
      ["\(bin)", "bin_\(bin)", "cut_\(bin)", "\(bin).0"].first { table[$0] != nil }
    }
    if wide.count == count {
      strategies = try Self.wide(path, table, wide, grid)
    } else if let bins = table.names.first(where: { $0.hasSuffix("_bin") }), table["cutoff_value"] != nil {
      strategies = try Self.long(path, table, bins, grid, count)
    } else {
      throw DataError(
        path,
        "holds neither a cutoff for each of the \(count) bins of \(grid.axes[0].name) nor the columns <variable>_bin and cutoff_value",
        "Columns found: \(table.names.joined(separator: ", ")).")
    }
    guard !strategies.isEmpty else { throw DataError(path, "holds no strategy", "Write one row a strategy.") }
  }

  private static func wide(_ path: String, _ table: Table, _ names: [String], _ grid: CellGrid) throws -> [(
    String, Strategy
  )] {
    let columns = try names.map { try numbers(table, $0) }
    let labels = labels(table)
    return try (0..<table.rowCount).map { row in
      let accepted = try columns.map { try positions($0[row], grid, "\(path), row \(row + 1)") }
      return (
        labels?[row] ?? String(row + 1), try monotone(Strategy(accepted: accepted), grid, "\(path), row \(row + 1)")
      )
    }
  }

  private static func long(_ path: String, _ table: Table, _ binColumn: String, _ grid: CellGrid, _ count: Int) throws
    -> [(String, Strategy)]
  {
    let bins = try numbers(table, binColumn)
    let cutoffs = try numbers(table, "cutoff_value")
    let labels = labels(table) ?? Array(repeating: "1", count: table.rowCount)
    var order: [String] = []
    var byName: [String: [Int?]] = [:]
    for row in 0..<table.rowCount {
      let place = "\(path), row \(row + 1)"
      guard bins[row] >= 1, bins[row] <= Double(count), bins[row] == bins[row].rounded() else {
        throw DataError(
          place, "\(binColumn) is \(bins[row])", "It must be a bin of \(grid.axes[0].name), 1 to \(count).")
      }
      if byName[labels[row]] == nil { order.append(labels[row]) }
      var accepted = byName[labels[row]] ?? Array(repeating: nil, count: count)
      guard accepted[Int(bins[row]) - 1] == nil else {
        throw DataError(place, "bin \(Int(bins[row])) of \(labels[row]) stands twice", "Keep one row a bin.")
      }
      accepted[Int(bins[row]) - 1] = try positions(cutoffs[row], grid, place)
      byName[labels[row]] = accepted
    }
    return try order.map { name in
      let accepted = byName[name] ?? []
      if let missing = accepted.firstIndex(where: { $0 == nil }) {
        throw DataError(
          path, "\(name) has no row for bin \(missing + 1)", "Every bin of \(grid.axes[0].name) needs one.")
      }
      return (name, try monotone(Strategy(accepted: accepted.compactMap { $0 }), grid, "\(path), \(name)"))
    }
  }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    switch try table.column(name).values {
    case .number(let values): return values
    // A column without any value has no type of its own.
    case .text(let text) where text.distinctCount == 0: return text.codes.map { _ in .nan }
    default: throw DataError("column \(name)", "does not hold bin numbers", "Write whole numbers, or nothing.")
    }
  }

  private static func labels(_ table: Table) -> [String]? {
    guard case .text(let text)? = table["scenario"]?.values else { return nil }
    return text.codes.indices.map { text[$0] ?? String($0 + 1) }
  }

  private static func positions(_ cutoff: Double, _ grid: CellGrid, _ place: String) throws -> Int {
    guard let last = grid.axes.last, !cutoff.isNaN else { return 0 }
    guard cutoff == cutoff.rounded(), cutoff >= 1, cutoff <= Double(last.binCount) else {
      throw DataError(
        place, "the cutoff \(cutoff) is no bin of \(last.name)", "It must be 1 to \(last.binCount), or empty.")
    }
    return last.safestIsLast ? last.binCount - Int(cutoff) + 1 : Int(cutoff)
  }

  private static func monotone(_ strategy: Strategy, _ grid: CellGrid, _ place: String) throws -> Strategy {
    if let (safer, riskier) = strategy.firstViolation(in: grid) {
      throw DataError(
        place, "bin \(riskier + 1) of \(grid.axes[0].name) accepts more than the safer bin \(safer + 1)",
        "A safer bin must accept at least as much.")
    }
    return strategy
  }
}
