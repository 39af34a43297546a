internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Whether the scores of a grid order outcomes as they are declared to, over time.
struct ScoreOrder {
  let sample: Sample
  let level: Double
  /// Fewer bad, or good, applications than this decide nothing.
  static let fewest = 10

  /// Per variable: both periods, then every month that has booked applications with an outcome.
  ///
  /// - Throws: `Faults` (data) where the sample has no numerator.
  /// - Complexity: O(variables × n log n).
  func orders() throws -> [StabilityReport.Order] {
    let numerator = try sample.values(of: .numerator)
    let mature = sample.outcome.indices.filter { sample.outcome[$0] == .mature }
    var groups: [(name: String, rows: [Int])] = [
      ("main", mature.filter { sample.period[$0] == .main }),
      ("recent", mature.filter { sample.period[$0] == .recent }),
    ]
    let byMonth = Dictionary(grouping: mature) { sample.month[$0] }
    groups += byMonth.keys.sorted().map { ($0.iso, byMonth[$0] ?? []) }
    return sample.grid.axes.indices.flatMap { index in
      groups.filter { $0.name == "main" || !$0.rows.isEmpty }.map { group in
        order(index, group.name, group.rows, numerator)
      }
    }
  }

  private func order(_ index: Int, _ period: String, _ rows: [Int], _ numerator: [Int64]) -> StabilityReport.Order {
    let axis = sample.grid.axes[index]
    let scores = sample.scores[index]
    // In an order of their values, so that sums have the same bits whatever the order of the file.
    let used = rows.filter { !scores[$0].isNaN }.sorted {
      (scores[$0], numerator[$0] > 0 ? 1 : 0) < (scores[$1], numerator[$1] > 0 ? 1 : 0)
    }
    let isBad = used.map { numerator[$0] > 0 }
    let bad = isBad.count { $0 }
    func order(_ areas: RocAreas?, _ p: Double?, _ status: StabilityReport.Order.Status) -> StabilityReport.Order {
      StabilityReport.Order(
        variable: axis.source, period: period, rows: Int64(used.count), bad: Int64(bad), area: areas?.areas[0],
        standardError: areas?.covariance.map { max(0, $0[0][0]).squareRoot() }, p: p, status: status)
    }
    guard bad >= Self.fewest, used.count - bad >= Self.fewest else { return order(nil, nil, .notEnough) }
    let sign: Double = axis.direction == .higherIsSafer ? -1 : 1
    guard let areas = RocAreas([used.map { sign * sample.scores[index][$0] }], isBad: isBad),
      let variance = areas.covariance?[0][0], variance > 0
    else { return order(nil, nil, .notEnough) }
    let z = (areas.areas[0] - 0.5) / variance.squareRoot()
    let p = Normal.probability(z)
    return order(areas, p, p < level ? .reversed : Normal.probability(-z) < level ? .asDeclared : .undecided)
  }

  /// Neighbouring bins of which the safer one went significantly worse, in each period: a two-sample z of bad rates, Holm
  /// over the pairs.
  static func inversions(_ cube: Cube, level: Double) throws -> [StabilityReport.Inversion] {
    var found: [StabilityReport.Inversion] = []
    for period in [Period.main, .recent] where cube.periods.contains(period) {
      let rows = try cube.sums(of: .rows, [.bookedMature], in: period)
      let bad = try cube.sums(of: .badRows, [.bookedMature], in: period)
      for (index, axis) in cube.grid.axes.enumerated() {
        var (counts, bads) = (
          [Double](repeating: 0, count: axis.binCount), [Double](repeating: 0, count: axis.binCount)
        )
        for cell in 0..<cube.grid.cellCount {
          let bin = cube.grid.bins(cell)[index]
          counts[bin] += Double(rows[cell])
          bads[bin] += Double(bad[cell])
        }
        let order = (0..<axis.binCount).map { axis.bin(atPosition: $0) }.filter { counts[$0] > 0 }
        let pairs = zip(order, order.dropFirst()).map { safer, riskier -> (Int, Int, Double) in
          let pooled = (bads[safer] + bads[riskier]) / (counts[safer] + counts[riskier])
          let error = (pooled * (1 - pooled) * (1 / counts[safer] + 1 / counts[riskier])).squareRoot()
          let gap = bads[safer] / counts[safer] - bads[riskier] / counts[riskier]
          return (safer, riskier, error > 0 ? Normal.probability(-gap / error) : 1)
        }
        for (pair, p) in zip(pairs, MultipleTesting.holm(pairs.map(\.2))) where p < level {
          found.append(
            .init(
              variable: axis.source, period: period.name, safer: pair.0 + 1, riskier: pair.1 + 1,
              saferRate: bads[pair.0] / counts[pair.0], riskierRate: bads[pair.1] / counts[pair.1], p: p))
        }
      }
    }
    return found
  }
}
