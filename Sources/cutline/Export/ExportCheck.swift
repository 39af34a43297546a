internal import CutlineCore
internal import CutlineCredit
internal import CutlineFormats

/// Whether exported rules decide a table as the grid of the run does.
///
/// The one side reads back the exported JSON; the other looks up the cell of each row and asks the strategy of the run.
struct ExportCheck {
  private let run: StoredStrategy
  private let exported: PortableStrategy

  init(_ run: StoredStrategy) throws {
    self.run = run
    exported = try PortableStrategy.decode(PortableStrategy.encode(run.rules), source: "exported rules")
  }

  /// - Returns: how many rows got which answer, as a sentence.
  /// - Throws: `Faults` (data) where a score is no column of numbers or the table is empty, `Faults` (gate) for differences.
  func compare(_ table: Table, of file: String) throws -> String {
    let grid = run.cells.grid
    guard table.rowCount > 0 else { throw Faults.data(file, "holds no row to check", "Name a table of applications.") }
    let columns = try zip(run.rules.scores, grid.axes).map { score, axis in
      let names = table.names
      let name =
        [score.column, axis.source].first { names.contains($0) }
        ?? names.first { $0.lowercased() == score.column.lowercased() } ?? score.column
      guard case .number(let values) = try table.column(name).values else {
        throw Faults.data("\(file), column \(name)", "holds no numbers", "Say with --column what the score is called.")
      }
      return values
    }
    var counts: [StrategyRules.Outcome: Int] = [:]
    var differences = 0
    var first: Int?
    for row in 0..<table.rowCount {
      let values = columns.map { $0[row] }
      let answer = exported.decide(values)
      counts[answer, default: 0] += 1
      if answer != expected(values) {
        differences += 1
        first = first ?? row + 1
      }
    }
    let parts = StrategyRules.Outcome.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }
    guard differences == 0 else {
      throw Faults.gate(
        "\(file), row \(first ?? 0)",
        "\(differences) of \(table.rowCount) rows are decided in another way than by the run",
        "Do not use the export; report it.")
    }
    return "\(table.rowCount) rows, 0 differences: \(parts.joined(separator: ", "))"
  }

  /// By the cell of the grid.
  private func expected(_ values: [Double]) -> StrategyRules.Outcome {
    let grid = run.cells.grid
    var bins: [Int] = []
    for ((axis, score), value) in zip(zip(grid.axes, run.rules.scores), values) {
      if let code = score.codes.first(where: { $0.value == value }) { return code.outcome }
      if value.isNaN { return score.missing }
      if let bin = axis.bin(of: value) {
        bins.append(bin)
      } else if score.least == nil && score.greatest == nil, let low = axis.edges.first, let high = axis.edges.last {
        bins.append(axis.bin(of: min(max(value, low), high)) ?? 0)
      } else {
        return score.outside
      }
    }
    return run.strategy.accepts(grid.index(bins), in: grid) ? .accept : .reject
  }
}
