import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation

extension Benchmark {
  /// Cubes and profiles of drawn applications: 12 months of the main period, two or three scores, five amounts.
  static let cube = Benchmark(name: "cube", usage: "[rows] [workers] [repetitions]") { arguments in
    let rows = arguments.count > 0 ? Int(arguments[0]) ?? 10_000_000 : 10_000_000
    let workers = arguments.count > 1 ? Int(arguments[1]) ?? 1 : 1
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 3 : 3
    for bins in [[10, 20], [20, 20, 20], [100, 100]] {
      let sample = sample(rows, bins: bins)
      let cells = bins.reduce(1, *)
      var cube: Cube?
      let time = try Measurement(repetitions: repetitions) { cube = try Cube(of: sample, workers: workers) }
      guard let cube else { return }
      var writer = BinaryWriter()
      let coding = try Measurement(repetitions: repetitions) {
        writer = BinaryWriter()
        try cube.encode(to: &writer)
      }
      let reading = try Measurement(repetitions: repetitions) { _ = try cube.cellSums(ApplicationState.booked) }
      func form(_ slice: CubeSlice) -> String {
        "\(slice.isDense ? "dense" : "sparse") \(slice.count), \(String(format: "%.1f", Double(slice.bytes) / 1e6)) MB"
      }
      print(
        "\(rows) rows, \(cells) cells, \(cube.buckets.map(String.init) ?? "no") buckets, \(workers) worker(s): \(time.text);",
        "months \(form(cube.monthSlice)); folds \(form(cube.foldSlice));",
        "stored \(String(format: "%.1f", Double(writer.bytes.count) / 1e6)) MB in \(coding.text); five sums a cell \(reading.text)"
      )
      if bins.count == 2, cells == 200 {
        let profile = try Measurement(repetitions: 1) { _ = try ScoreProfile(of: sample, workers: workers) }
        print("  the profile of its scores: \(profile.text)")
      }
    }
  }

  private static func sample(_ rows: Int, bins: [Int]) -> Sample {
    let grid = CellGrid(
      axes: bins.enumerated().map { index, bins in
        GridAxis(
          name: "v\(index)", source: "s\(index)", direction: .higherIsSafer, edges: (0...bins).map { Double($0) * 10 })
      })
    var stream = RandomStream(seed: 1)
    func drawn<Value>(_ make: (UInt32) -> Value) -> [Value] { (0..<rows).map { _ in make(stream.next32()) } }
    let cells = UInt32(grid.cellCount)
    let cell = drawn { Int32(($0 >> 8) % cells) }
    let status: [SampleStatus] = drawn { $0 % 10 < 6 ? .booked : $0 % 10 < 9 ? .scoreRejected : .otherRejected }
    let scores = grid.axes.indices.map { axis -> [Double] in
      let low = (0..<grid.cellCount).map { 10 * Int32(grid.bins($0)[axis]) }
      return (0..<rows).map { row in Double(low[Int(cell[row])] * 10 + Int32(stream.next32() % 100)) / 10 }
    }
    let decided = status.count { $0 != .otherRejected }
    return Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7), cell: cell, month: drawn { Month(index: 24_264 + Int($0 % 12)) },
      status: status, outcome: status.map { $0 == .booked ? .mature : .none }, scores: scores,
      amounts: Dictionary(uniqueKeysWithValues: Amount.standard.map { ($0, drawn { Int64($0 >> 12) }) }),
      key: drawn { UInt64($0) << 20 },
      summary: SampleSummary(
        basis: Basis(segment: "all", periodStart: "2022-01-01", periodEnd: "2022-12-31", months: 12),
        account: RowAccount(
          waterfall: [.init(.input, "rows", decided), .init(.used, "in the grid", decided)],
          bookedRows: status.count { $0 == .booked }, scoreRejectedRows: status.count { $0 == .scoreRejected },
          immatureRows: 0), stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
        transformation: Transformation(
          rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: nil, lastMonth: nil, monthsWithData: 0),
        qualitySkipped: false))
  }
}
