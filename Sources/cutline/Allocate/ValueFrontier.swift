internal import CutlineAllocate
internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineWorkspace

/// The frontier of value and risk of a run: `value_frontier.csv`, with the exact sums of its strategies.
struct ValueFrontier {
  let points: [SegmentFrontier.Point]
  let strategies: [Strategy]
  /// What is booked today is worth; nil where the run does not say.
  let today: Int64?

  /// - Throws: `Faults` (usage) for a run that says nothing of value; `Faults` (integrity) for files that are not of its cells.
  init(_ run: VerifiedRun) throws {
    func path(_ name: String) -> String? { run.manifest.files.first { $0.path.hasSuffix("/\(name)") }?.path }
    guard let frontier = path("value_frontier.csv") else {
      throw Faults.usage(
        "--objective value", "\(run.folder) has no value_frontier.csv: its run searched for no value",
        "Run it with [preprocessing.value], or allocate production.")
    }
    let cells = run.cells
    var options = ReadOptions()
    options.findsTypes = true
    func table(_ path: String) throws -> Table { try TableReader.read("\(run.folder)/\(path)", options: options).table }
    func whole(_ amount: Double) throws -> Int64 {
      guard let sum = Int64(exactly: (amount / cells.annualCoefficient * cells.scale.perUnit).rounded()) else {
        throw Faults.integrity("\(run.folder)/\(frontier)", "holds a value that is none", "Run it again.")
      }
      return sum
    }
    func numbers(_ table: Table, _ column: String) throws -> [Double] {
      guard case .number(let values) = try table.column(column).values else {
        // A column that is empty in every row accepts nothing anywhere.
        return [Double](repeating: .nan, count: table.rowCount)
      }
      return values
    }
    let rows = try table(frontier)
    let worth = try numbers(rows, "value")
    let last = cells.grid.axes.last
    let cutoffs = try rows.names.filter { $0.hasPrefix("cutoff") }.map { try numbers(rows, $0) }
    let strategies = worth.indices.map { row in
      Strategy(
        accepted: cutoffs.map { column in
          (0..<(last?.binCount ?? 0)).first { Double((last?.bin(atPosition: $0) ?? 0) + 1) == column[row] }.map {
            $0 + 1
          }
            ?? 0
        })
    }
    guard cutoffs.count * (last?.binCount ?? 1) == cells.grid.cellCount,
      strategies.allSatisfy({ $0.firstViolation(in: cells.grid) == nil })
    else {
      throw Faults.integrity("\(run.folder)/\(frontier)", "holds what is no strategy of its grid", "Run it again.")
    }
    self.strategies = strategies
    let production = try numbers(rows, "production")
    points = try strategies.indices.map { row in
      let sums = cells.totals(of: strategies[row]).optimum
      guard sums.production == (try whole(production[row])) else {
        throw Faults.integrity("\(run.folder)/\(frontier)", "row \(row + 1) is not of its cells", "Run it again.")
      }
      return SegmentFrontier.Point(
        production: sums.production, numerator: sums.numerator, denominator: sums.denominator,
        value: try whole(worth[row]))
    }
    today = try path("value_summary.csv").flatMap { path in
      let summary = try table(path)
      return try numbers(summary, "value").first.map(whole)
    }
  }
}
