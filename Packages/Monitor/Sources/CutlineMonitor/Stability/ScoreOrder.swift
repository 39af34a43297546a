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
  /// - Complexity: O(variables × n).
  func orders() throws -> [StabilityReport.Order] {
    let numerator = try sample.values(of: .numerator)
    let mature = sample.outcome.indices.filter { sample.outcome[$0] == .mature }.map { Int32($0) }
    let numbered = MonthNumbers(mature.lazy.map { sample.month[Int($0)] })
    let (months, groups) = (numbered.months, numbered.numbers)
    let isRecentSeen = mature.contains { sample.period[Int($0)] == .recent }
    return sample.grid.axes.indices.flatMap { index in
      let tallies = tallies(index, mature, groups, months.count + 2) { numerator[$0] > 0 }
      func order(_ name: String, _ group: Int) -> StabilityReport.Order {
        self.order(sample.grid.axes[index], name, tallies[group].roc)
      }
      return [order("main", months.count)] + (isRecentSeen ? [order("recent", months.count + 1)] : [])
        + months.indices.map { order(months[$0].iso, $0) }
    }
  }

  /// The applications of a group by value, as they come in ascending order of risk.
  private struct Tally {
    var roc = RocCounts()
    private var value = Double.nan
    private var (bad, good) = (0, 0)

    mutating func add(_ next: Double, isBad: Bool) {
      if next != value {
        close()
        value = next
      }
      if isBad { bad += 1 } else { good += 1 }
    }

    mutating func close() {
      if bad + good > 0 { roc.append(bad: bad, good: good) }
      (bad, good) = (0, 0)
    }
  }

  /// Per month, then the main and the recent period.
  private func tallies(
    _ index: Int, _ mature: [Int32], _ groups: [Int32], _ count: Int, isBad: (Int) -> Bool
  ) -> [Tally] {
    let scores = sample.scores[index]
    let sign: Double = sample.grid.axes[index].direction == .higherIsSafer ? -1 : 1
    let used = mature.indices.filter { !scores[Int(mature[$0])].isNaN }.map { Int32($0) }
    var tallies = [Tally](repeating: Tally(), count: count)
    for place in RadixSort.sorted(used, by: { sign * scores[Int(mature[Int($0)])] }) {
      let row = Int(mature[Int(place)])
      let isBad = isBad(row)
      tallies[Int(groups[Int(place)])].add(scores[row], isBad: isBad)
      switch sample.period[row] {
      case .main: tallies[count - 2].add(scores[row], isBad: isBad)
      case .recent: tallies[count - 1].add(scores[row], isBad: isBad)
      case .other: break
      }
    }
    for group in tallies.indices { tallies[group].close() }
    return tallies
  }

  private func order(_ axis: GridAxis, _ period: String, _ roc: RocCounts) -> StabilityReport.Order {
    func order(_ p: Double?, _ status: StabilityReport.Order.Status) -> StabilityReport.Order {
      StabilityReport.Order(
        variable: axis.source, period: period, rows: Int64(roc.bads + roc.goods), bad: Int64(roc.bads),
        area: p == nil ? nil : roc.area, standardError: p == nil ? nil : roc.variance?.squareRoot(), p: p,
        status: status)
    }
    guard roc.bads >= Self.fewest, roc.goods >= Self.fewest, let area = roc.area, let variance = roc.variance,
      variance > 0
    else { return order(nil, .notEnough) }
    let z = (area - 0.5) / variance.squareRoot()
    let p = Normal.probability(z)
    return order(p, p < level ? .reversed : Normal.probability(-z) < level ? .asDeclared : .undecided)
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
