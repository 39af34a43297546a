import CutlineCore
import CutlineCredit
import Foundation

/// Small samples made by hand or by formula, on a grid with round edges.
enum SampleFixture {
  /// Edges 0, 10, 20, … on both axes, unless `first` or `last` say otherwise.
  static func grid(
    _ rows: Int, _ columns: Int, first: Direction = .higherIsSafer, last: Direction = .higherIsSafer
  ) -> CellGrid {
    func axis(_ name: String, _ count: Int, _ direction: Direction) -> GridAxis {
      GridAxis(name: name, source: "\(name)_raw", direction: direction, edges: (0...count).map { 10 * Double($0) })
    }
    return CellGrid(axes: [axis("a", rows, first), axis("b", columns, last)])
  }

  /// One application: its cell by bins from 0, what happened to it, and cents.
  struct Row {
    var bins: [Int]
    var status = SampleStatus.booked
    var requested: Int64 = 100
    var numerator: Int64 = 0
    var denominator: Int64 = 0
    var isMature = true
  }

  static func sample(_ grid: CellGrid, multiplier: Double = 7, _ rows: [Row], months: Int = 1) -> Sample {
    let booked = rows.map { $0.status == .booked }
    let summary = SampleSummary(
      basis: Basis(segment: "all", periodStart: "2022-01-01", periodEnd: "2022-12-01", months: 12),
      account: RowAccount(
        waterfall: [], bookedRows: booked.count { $0 }, scoreRejectedRows: booked.count { !$0 }, immatureRows: 0),
      stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
      transformation: Transformation(
        rate: 1, eligibleAmount: 1, bookedAmount: 1, firstMonth: Month(iso: "2022-01"),
        lastMonth: Month(iso: "2022-12"),
        monthsWithData: 12), qualitySkipped: false)
    return Sample(
      grid: grid, measure: RiskMeasure(multiplier: multiplier), cell: rows.map { Int32(grid.index($0.bins)) },
      month: rows.indices.map { Month(index: 2022 * 12 + $0 % months) }, status: rows.map(\.status),
      outcome: rows.map { $0.status != .booked ? .none : $0.isMature ? .mature : .immature },
      // The raw score in the middle of its bin.
      scores: [0, 1].map { axis in rows.map { 10 * Double($0.bins[axis]) + 5 } },
      amounts: [
        .accounts: booked.map { $0 ? 100 : 0 }, .requested: rows.map(\.requested), .numerator: rows.map(\.numerator),
        .denominator: rows.map(\.denominator), .production: rows.map(\.requested),
      ], summary: summary)
  }

  /// `perCell` equal booked applications in every cell, whose risk is `risk` of the standardised bins in −1...1.
  ///
  /// Noise-free but for the rounding to cents: a cell's risk is `multiplier · numerator / denominator`.
  static func planted(
    _ rows: Int, _ columns: Int, perCell: Int = 10, denominator: Int64 = 1_000_000_000, months: Int = 1,
    risk: (Double, Double) -> Double
  ) -> Sample {
    let grid = grid(rows, columns)
    var all: [Row] = []
    for i in 0..<rows {
      for j in 0..<columns {
        let x = 2 * Double(i) / Double(rows - 1) - 1
        let y = 2 * Double(j) / Double(columns - 1) - 1
        let numerator = Int64((risk(x, y) * Double(denominator) / 7).rounded())
        let row = Row(bins: [i, j], numerator: numerator, denominator: denominator)
        all += Array(repeating: row, count: perCell)
      }
    }
    return sample(grid, all, months: months)
  }

  static func context(workers: Int = 1, seed: UInt64 = 42) -> RunContext {
    RunContext(stageID: "train", seed: seed, workers: workers)
  }

  /// `stage` run on `sample`.
  static func run<S: Stage>(_ stage: S, on sample: Sample, seed: UInt64 = 42, workers: Int = 1) async throws
    -> S.Kind.Output
  {
    // Stages that need no surface do not ask for that port.
    let surface = RiskSurface(
      grid: sample.grid, multiplier: sample.measure.multiplier, risk: .init(repeating: 0, count: sample.grid.cellCount),
      estimator: "none", featureSet: "none", parameters: [:], features: [], coefficients: [], trainR2: 0,
      trainingRows: 0, trainingCells: 0, folds: 2, candidates: [])
    let input = try S.Kind.ports.make(PortValues(["cube": Cube(of: sample), "sample": sample, "surface": surface]))
    return try await stage.run(input, in: context(workers: workers, seed: seed))
  }
}
