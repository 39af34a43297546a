import CutlineCompute
import CutlineSearch
import Foundation

extension Benchmark {
  /// Exact optima at evenly spaced risk limits, checked against the complete frontier.
  static let thresholds = Benchmark(name: "thresholds", usage: "GRID.bin [limits] [repetitions] [workers]") {
    arguments in
    guard let file = arguments.first else { throw CocoaError(.fileNoSuchFile) }
    let count = arguments.count > 1 ? Int(arguments[1]) ?? 200 : 200
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 7 : 7
    let workers = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
    let grid = try GridSums(generated: file)
    let all = Double(grid.numerator.reduce(0, +)) / Double(grid.denominator.reduce(0, +))
    let limits = try (0..<count)
      .map { index in
        let risk = 0.012 + (all * 0.98 - 0.012) * Double(index) / Double(max(1, count - 1))
        return try RiskRatio(numerator: Int64(risk * 1e9), denominator: 1_000_000_000)
      }
    let search = ThresholdSearch(workers: workers)
    var results: [ThresholdResult] = []
    let time = try Measurement(repetitions: repetitions) {
      results.append(try search.optima(of: grid, limits: limits))
    }
    let frontier = try FrontierSearch(workers: workers).frontier(of: grid).points
    let wrong = results[0].optima.filter { optimum in optimum.point != frontier.last { optimum.limit.admits($0) } }
    print(
      "\(grid.rows)x\(grid.columns), \(count) limits, \(workers) worker(s), \(results[0].instructionSet.rawValue):",
      "\(time.text), labels \(results[0].labels), other than the frontier \(wrong.count)")
  }

  /// Exact frontiers of replicates: every cell's sums vary by about 3 %.
  static let bootstrap = Benchmark(name: "bootstrap", usage: "GRID.bin [replicates] [repetitions] [workers]") {
    arguments in
    guard let file = arguments.first else { throw CocoaError(.fileNoSuchFile) }
    let count = arguments.count > 1 ? Int(arguments[1]) ?? 1000 : 1000
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
    let workers = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
    let grid = try GridSums(generated: file)
    var random = RandomStream(seed: 1)
    func varied(_ values: [Int64], _ factors: [Double]) -> [Int64] {
      zip(values, factors).map { Int64((Double($0) * $1).rounded()) }
    }
    let grids = try (0..<count)
      .map { _ in
        let amounts = grid.production.map { _ in 1 + 0.03 * (2 * random.uniform() - 1) * 1.7320508 }
        let losses = amounts.map { $0 * (1 + 0.05 * (2 * random.uniform() - 1) * 1.7320508) }
        return try GridSums(
          rows: grid.rows, columns: grid.columns, production: varied(grid.production, amounts),
          numerator: varied(grid.numerator, losses), denominator: varied(grid.denominator, amounts))
      }
    let search = FrontierSearch(workers: workers)
    var points = 0
    let time = try Measurement(repetitions: repetitions) {
      points = try search.frontiers(of: grids) { _, result in result.points.count }.reduce(0, +)
    }
    var cold = 0
    let single = try Measurement(repetitions: 1) {
      cold = try grids.prefix(100).map { try FrontierSearch().frontier(of: $0).points.count }.reduce(0, +)
    }
    print(
      "\(grid.rows)x\(grid.columns), \(count) frontiers, \(workers) worker(s): \(time.text), \(points) points;",
      "100 of them one by one: \(single.text), \(cold) points")
  }
}
