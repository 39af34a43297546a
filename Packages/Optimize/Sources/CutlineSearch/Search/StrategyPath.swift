/// Strategies as integers, in the order of the tie-break.
///
/// A strategy is a path through nodes (row, accepted): from (0, columns), a step *down* fixes the row's cutoff at the
/// present `accepted`, a step *left* gives up one column for all rows to come; it ends at (rows, 0). Of two strategies
/// the lexicographically smaller vector of cutoffs goes left where they part. The integer is a sum of one term per
/// step, so that the halves of a path are numbered apart and added:
///
/// - a bit per step, down = 1, the first step highest, while there are at most 64 steps;
/// - in longer grids, where one side is short, the positions of the steps along the short side as digits: the cutoff of
///   each row, or per column (the riskiest highest) the number of rows that accept it.
struct StrategyPath {
  private enum Form { case steps, rows, columns }

  let rows, columns: Int
  private let form: Form
  private let bits: Int

  /// Nil where a path takes more than 64 bits, which only grids beyond 2 · 10¹¹ strategies do.
  init?(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    bits = Int.bitWidth - max(rows, columns).leadingZeroBitCount
    if rows + columns <= 64 {
      form = .steps
    } else {
      form = rows <= columns ? .rows : .columns
      if min(rows, columns) * bits > 64 { return nil }
    }
  }

  /// The term of the step from (row, accepted) to (row + 1, accepted).
  func down(row: Int, accepted: Int) -> UInt64 {
    switch form {
    case .steps: 1 << UInt64(rows + columns - 1 - (row + columns - accepted))
    case .rows: UInt64(accepted) << UInt64(bits * (rows - 1 - row))
    case .columns: 0
    }
  }

  /// The term of the step from (row, accepted) to (row, accepted − 1).
  func left(row: Int, accepted: Int) -> UInt64 {
    form == .columns ? UInt64(row) << UInt64(bits * (accepted - 1)) : 0
  }

  /// The cutoffs of a whole path.
  func accepted(_ path: UInt64) -> [UInt16] {
    var cutoffs = [UInt16](repeating: 0, count: rows)
    switch form {
    case .steps:
      var row = 0
      var accepted = columns
      for step in stride(from: rows + columns - 1, through: 0, by: -1) {
        if path >> UInt64(step) & 1 == 1 {
          cutoffs[row] = UInt16(accepted)
          row += 1
        } else {
          accepted -= 1
        }
      }
    case .rows:
      let mask = (UInt64(1) << UInt64(bits)) - 1
      for row in 0..<rows { cutoffs[row] = UInt16(path >> UInt64(bits * (rows - 1 - row)) & mask) }
    case .columns:
      let mask = (UInt64(1) << UInt64(bits)) - 1
      for column in 0..<columns {
        for row in 0..<Int(path >> UInt64(bits * column) & mask) { cutoffs[row] = UInt16(column + 1) }
      }
    }
    return cutoffs
  }
}
