public import CutlineCore
public import CutlineCredit

/// `pareto_optimal_solutions.csv`, `efficient_frontier_*.csv` and `optimal_solution_*.csv`: one row a strategy.
public struct FrontierTable: Sendable {
  private let cells: CellTable
  private let gridDigest: String
  public let columns: [ColumnNote]

  /// - Parameter maker: who states the frontier, where nobody has proved it.
  /// - Throws: `EncodingError` for a grid that cannot be digested.
  public init(_ cells: CellTable, statedBy maker: String? = nil) throws {
    self.cells = cells
    gridDigest = try cells.grid.digest()
    let last = cells.grid.axes.last?.name ?? ""
    let outer = Self.outer(cells.grid)
    let stated = maker.map { " The frontier is as \($0) states it: nothing proves that no strategy is missing." } ?? ""
    var columns = [
      ColumnNote("sol_fac", unit: "number", "Number of the solution, in ascending risk.\(stated)")
    ]
    columns += Self.combinations(cells.grid).map {
      ColumnNote(
        $0, unit: "bin",
        "Riskiest bin of \(last) accepted\(outer.isEmpty ? "" : " for this bin of \(outer)"); empty where none is.")
    }
    let groups = [
      ("_boo", "accepted booked applications"), ("_rep", "accepted rejected applications, as predicted"),
      ("", "everything accepted"), ("_cut", "booked applications that are no longer accepted"),
    ]
    for (suffix, what) in groups {
      columns += CellSums.columnNames.map {
        ColumnNote(
          $0 + suffix, unit: $0 == "acct_booked_h0" ? "accounts" : "currency", basis: "annualised", "Sum over \(what).")
      }
    }
    columns += [("", "everything accepted"), ("_cut", groups[3].1), ("_rep", groups[1].1), ("_boo", groups[0].1)].map {
      ColumnNote("b2_ever_h6" + $0.0, unit: "percent", "Risk of \($0.1); empty where undefined.")
    }
    columns.append(
      ColumnNote("policy_id", unit: "text", "Digest of the grid and the cutoffs: equal strategies have equal ids."))
    self.columns = columns
  }

  /// One strategy.
  /// - Parameter number: of the solution, from 0 in ascending risk.
  public func row(_ number: Int, _ strategy: Strategy) -> [String] {
    let totals = cells.totals(of: strategy)
    var fields = [String(number)]
    fields += strategy.accepted.indices.map { strategy.cutoff($0, in: cells.grid).map(String.init) ?? "" }
    for sums in [totals.kept, totals.swapIn, totals.optimum, totals.swapOut] {
      fields += sums.values.map { NumberForm.annualised($0, cells) }
    }
    let risks =
      [cells.measure.strategyPercent(totals.optimum)]
      + [totals.swapOut, totals.swapIn, totals.kept].map(cells.measure.percent)
    fields += risks.map(NumberText.shortest)
    return fields + [policyID(strategy)]
  }

  /// 16 hexadecimal digits over the grid and the cutoffs.
  func policyID(_ strategy: Strategy) -> String {
    let digest = Digest()
    digest.update(gridDigest)
    for accepted in strategy.accepted { digest.update(String(accepted)) }
    return String(digest.finish().prefix(16))
  }

  /// The scores of which each cutoff is for a bin, or a combination of bins; empty of a grid of one score.
  static func outer(_ grid: CellGrid) -> String { grid.axes.dropLast().map(\.name).joined(separator: " and of ") }

  /// What the one cutoff of a single score is for.
  static let whole = "all"

  /// Names of the cutoff columns: the bin of the first variable, `bin_bin…` with more variables, `all` with one.
  static func combinations(_ grid: CellGrid) -> [String] {
    let outer = CellGrid(axes: Array(grid.axes.dropLast()))
    guard !outer.axes.isEmpty else { return [whole] }
    return (0..<outer.cellCount).map { outer.bins($0).map { String($0 + 1) }.joined(separator: "_") }
  }
}
