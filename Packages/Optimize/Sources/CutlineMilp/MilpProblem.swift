internal import CutlineCore

/// A linear problem in binary columns: maximise Σ objectiveⱼ xⱼ, xⱼ ∈ {0, 1}, subject to lowerᵢ ≤ Σ aᵢⱼ xⱼ ≤ upperᵢ.
public struct MilpProblem: Sendable, Equatable {
  /// One constraint: `lower` ≤ Σ `values`ₖ x[`indices`ₖ] ≤ `upper`; ±infinity where a side is open.
  public struct Row: Sendable, Equatable {
    /// Columns from 0, each at most once, in any order.
    public var indices: [Int32]
    public var values: [Double]
    public var lower: Double
    public var upper: Double

    public init(indices: [Int32], values: [Double], lower: Double = -.infinity, upper: Double = .infinity) {
      self.indices = indices
      self.values = values
      self.lower = lower
      self.upper = upper
    }
  }

  /// One value per column; maximised.
  public var objective: [Double]
  /// 0 or 1 per column; 1 fixes the column at 1.
  public var lower: [Double]
  /// 0 or 1 per column; 0 fixes the column at 0.
  public var upper: [Double]
  public var rows: [Row]

  /// All columns are free.
  public init(objective: [Double], rows: [Row] = []) {
    self.init(
      objective: objective, lower: Array(repeating: 0, count: objective.count),
      upper: Array(repeating: 1, count: objective.count), rows: rows)
  }

  public init(objective: [Double], lower: [Double], upper: [Double], rows: [Row]) {
    self.objective = objective
    self.lower = lower
    self.upper = upper
    self.rows = rows
  }

  /// Σ objectiveⱼ xⱼ, added in the order of the columns.
  public func value(of solution: [Bool]) -> Double {
    zip(objective, solution).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
  }
}

extension MilpProblem {
  /// What the solver takes for zero, and drops; and the size from which on it refuses an entry.
  static let entrySizes = (least: 1e-9, most: 1e15)
  /// The size from which on the solver takes a number for infinite.
  static let infinite = 1e20

  /// - Throws: `Faults` (data) where the solver would refuse the problem, or would solve another one without a word.
  func check() throws(Faults) {
    let columns = objective.count
    if lower.count != columns || upper.count != columns {
      throw Faults.data(
        "milp", "\(columns) objective values, \(lower.count) lower and \(upper.count) upper bounds",
        "Give one of each per column.")
    }
    for column in 0..<columns {
      if !(abs(objective[column]) < Self.infinite) {
        throw Faults.data(
          "milp: column \(column)", "the objective value is \(objective[column])", "It must be finite, below 1e20.")
      }
      let bounds = (lower[column], upper[column])
      if bounds != (0, 1) && bounds != (0, 0) && bounds != (1, 1) {
        throw Faults.data(
          "milp: column \(column)", "the bounds are \(bounds.0) and \(bounds.1)",
          "They are 0 and 1, or twice the value at which the column is fixed.")
      }
    }
    var lastRow = [Int](repeating: -1, count: columns)
    for (number, row) in rows.enumerated() { try check(row, number, &lastRow) }
    let entries = rows.reduce(0) { $0 + $1.indices.count }
    if max(columns, rows.count, entries) > Int(Int32.max) {
      throw Faults.data(
        "milp", "\(columns) columns, \(rows.count) rows and \(entries) entries", "Each must be below 2³¹.")
    }
  }

  /// - Parameter lastRow: Per column the last row that has named it.
  private func check(_ row: Row, _ number: Int, _ lastRow: inout [Int]) throws(Faults) {
    let place = "milp: row \(number)"
    if row.indices.count != row.values.count {
      throw Faults.data(
        place, "\(row.indices.count) columns and \(row.values.count) values", "Give one value per column.")
    }
    for (index, value) in zip(row.indices, row.values) {
      guard lastRow.indices.contains(Int(index)) else {
        throw Faults.data(place, "column \(index) of \(objective.count)", "Columns are counted from 0.")
      }
      if lastRow[Int(index)] == number {
        throw Faults.data(place, "column \(index) is named twice", "Add its values up.")
      }
      lastRow[Int(index)] = number
      let size = abs(value)
      if size != 0 && !(size > Self.entrySizes.least && size < Self.entrySizes.most) {
        throw Faults.data(
          place, "the value of column \(index) is \(value)",
          "Values are 0 or between 1e-9 and 1e15 in size; scale the row.")
      }
    }
    for bound in [row.lower, row.upper] where bound.isNaN || bound.isFinite && abs(bound) >= Self.infinite {
      throw Faults.data(place, "a bound is \(bound)", "A bound is infinite or below 1e20 in size; scale the row.")
    }
  }
}
