internal import CutlineCredit

extension MilpProblem {
  /// Whether the solution keeps all rows, and the bounds of its columns.
  ///
  /// Rows of whole numbers whose sizes add up to less than 2⁵³ are checked exactly, others up to `tolerance` and the
  /// rounding of their sum.
  ///
  /// - Parameter solution: One value per column.
  public func isKept(by solution: [Bool], tolerance: Double) -> Bool {
    zip(solution, zip(lower, upper)).allSatisfy { $0 ? $1.1 == 1 : $1.0 == 0 }
      && covers(of: solution, tolerance: tolerance).isEmpty
  }

  /// For each row that the solution breaks a row that all solutions of the problem keep, but this one does not.
  ///
  /// Where Σ aⱼ xⱼ is too great, one of the columns that make it so must change: of those with aⱼ > 0 and xⱼ = 1, or
  /// aⱼ < 0 and xⱼ = 0. All numbers of such a row are 1, so that no tolerance of a solver blurs it.
  ///
  /// Source: the cover inequalities of Balas, *Facets of the knapsack polytope*, Math. Programming 8 (1975).
  func covers(of solution: [Bool], tolerance: Double) -> [Row] {
    rows.compactMap { row in
      let activity = zip(row.indices, row.values).reduce(0) { solution[Int($1.0)] ? $0 + $1.1 : $0 }
      let allowed = row.allowance(tolerance)
      if activity - row.upper > allowed { return row.cover(of: solution, sign: 1) }
      if row.lower - activity > allowed { return row.cover(of: solution, sign: -1) }
      return nil
    }
  }
}

extension MilpProblem.Row {
  /// What a sum of the row may miss its bounds by: nothing where it is exact.
  fileprivate func allowance(_ tolerance: Double) -> Double {
    let size = values.reduce(0) { $0 + abs($1) }
    let isWhole = (values + [lower, upper]).allSatisfy { $0.isInfinite || $0 == $0.rounded() }
    return isWhole && size < 0x1p53 ? 0 : tolerance + Double(values.count) * size * .ulpOfOne
  }

  fileprivate func cover(of solution: [Bool], sign: Double) -> Self {
    var cover = Self(indices: [], values: [], lower: 1)
    for (index, value) in zip(indices, values) where value != 0 && (sign * value > 0) == solution[Int(index)] {
      cover.indices.append(index)
      cover.values.append(solution[Int(index)] ? -1 : 1)
      if solution[Int(index)] { cover.lower -= 1 }
    }
    return cover
  }
}
