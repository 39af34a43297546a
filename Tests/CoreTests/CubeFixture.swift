import CutlineCompute
import CutlineCore
import CutlineCredit

/// Samples drawn by a seed: every status, outcome, period and cell occurs.
enum CubeFixture {
  static func grid(_ bins: [Int]) -> CellGrid {
    CellGrid(
      axes: bins.enumerated().map { index, bins in
        GridAxis(
          name: "v\(index)", source: "s\(index)", direction: .higherIsSafer, edges: (0...bins).map { Double($0) * 10 })
      })
  }

  static func sample(
    _ rows: Int, bins: [Int] = [4, 5], seed: UInt64 = 7, outside: Int = 1, decimals: Double = 100,
    largest: Int = 1_000_000
  ) -> Sample {
    let grid = grid(bins)
    var stream = RandomStream(seed: seed)
    let periods = (0..<rows).map { _ in Period.allCases[stream.index(below: 3)] }
    let status = (0..<rows).map { _ in SampleStatus.allCases[stream.index(below: 4)] }
    let outcome = status.map { $0 != .booked ? Outcome.none : stream.index(below: 5) == 0 ? .immature : .mature }
    let cell = (0..<rows).map { _ in Int32(stream.index(below: grid.cellCount + outside)) }
    let scores = grid.axes.indices.map { axis in
      (0..<rows).map { row -> Double in
        guard Int(cell[row]) < grid.cellCount else { return stream.index(below: 2) == 0 ? .nan : 5 }
        let low = 10 * Double(grid.bins(Int(cell[row]))[axis])
        return (low * decimals + (stream.uniform() * 10 * decimals).rounded(.down)) / decimals
      }
    }
    func amounts(_ holds: (Int) -> Bool = { _ in true }) -> [Int64] {
      (0..<rows).map { row in
        let drawn = Int64(stream.index(below: largest)) - Int64(largest / 10)
        return holds(row) ? drawn : 0
      }
    }
    let isDecided = (0..<rows).map {
      periods[$0] == .main && status[$0].isDecidedByScore && Int(cell[$0]) < grid.cellCount
    }
    let booked = (0..<rows).count { isDecided[$0] && status[$0] == .booked }
    let rejected = (0..<rows).count { isDecided[$0] && status[$0] == .scoreRejected }
    return Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7),
      outside: (0..<outside).map { OutsideCell(variable: "v0", reason: "reason \($0)") }, cell: cell,
      month: (0..<rows).map { _ in Month(index: 2021 * 12 + 3 * stream.index(below: 7)) }, period: periods,
      status: status, outcome: outcome, scores: scores,
      amounts: [
        .accounts: amounts(), .requested: amounts(), .numerator: amounts { outcome[$0] == .mature },
        .denominator: amounts { outcome[$0] == .mature }, .production: amounts(), Amount("margin", scale: 3): amounts(),
      ], eligible: RowSet(rowCount: rows) { _ in stream.index(below: 3) > 0 },
      key: (0..<rows).map { _ in stream.next64() },
      summary: SampleSummary(
        basis: Basis(segment: "all", periodStart: "2022-01-01", periodEnd: "2022-12-01", months: 12),
        account: RowAccount(
          waterfall: [.init(.input, "rows", booked + rejected), .init(.used, "in the grid", booked + rejected)],
          bookedRows: booked, scoreRejectedRows: rejected, immatureRows: 0),
        stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
        transformation: Transformation(
          rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: nil, lastMonth: nil, monthsWithData: 0),
        qualitySkipped: false))
  }

  /// What a measure says of a row, as its words say it.
  static func value(_ measure: Measure, _ row: Int, of sample: Sample, decimals: Double = 100) throws -> Int64 {
    switch measure {
    case .rows: return 1
    case .badRows: return try sample.outcome[row] == .mature && sample.values(of: .numerator)[row] > 0 ? 1 : 0
    case .eligible: return try sample.eligible.contains(row) ? sample.values(of: .requested)[row] : 0
    case .eligibleBooked:
      let counts = sample.eligible.contains(row) && sample.status[row] == .booked
      return counts ? try sample.values(of: .requested)[row] : 0
    default: break
    }
    for (axis, scores) in zip(sample.grid.axes, sample.scores) {
      if measure == .score(axis) { return scores[row].isNaN ? 0 : Int64((scores[row] * decimals).rounded()) }
      if measure == .scoreRows(axis) { return scores[row].isNaN ? 0 : 1 }
    }
    return try sample.values(of: Amount(measure.name))[row]
  }
}
