import CutlineCompute
import CutlineSearch
import Foundation

extension Benchmark {
  /// Grids of any dimension from `../shared/peers/gen3.py`: the complete frontier, or thresholds at risks of k / 10⁶ as
  /// `peer_nd_thresholds.py` takes them, with their optima.
  static let nd = Benchmark(
    name: "nd", usage: "FILE frontier [repetitions [tolerance [seconds]]] | FILE thresholds [count [show]]"
  ) { arguments in
    guard arguments.count >= 2 else { throw NdFile.Problem.usage }
    let grid = try NdFile.read(arguments[0])
    let name = grid.shape.map(String.init).joined(separator: "x")
    switch arguments[1] {
    case "frontier":
      let tolerance = arguments.count > 3 ? Double(arguments[3]) ?? 0 : 0
      let seconds = arguments.count > 4 ? Double(arguments[4]) ?? .infinity : .infinity
      let search = ClosureSearch(limits: ClosureLimits(seconds: seconds))
      var last: ClosureFrontier?
      let time = try Measurement(repetitions: arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1) {
        last = try search.frontier(of: grid, tolerance: tolerance)
      }
      guard let frontier = last else { return }
      print(
        "\(name) frontier: \(time.text), points \(frontier.count), supported \(frontier.work.supported), open corners "
          + "\(frontier.open.count), cuts \(frontier.work.cuts), labels \(frontier.work.labels), branches "
          + "\(frontier.work.branches)")
    case "thresholds":
      try measureThresholds(
        of: grid, name, count: arguments.count > 2 ? Int(arguments[2]) ?? 20 : 20, show: arguments.count > 3)
    default: throw NdFile.Problem.usage
    }
  }

  private static func measureThresholds(of grid: GridSumsND, _ name: String, count: Int, show: Bool) throws {
    let risk = Double(grid.numerator.reduce(0, +)) / Double(grid.denominator.reduce(0, +))
    var times: [Double] = []
    for index in 0..<count {
      let share = count > 1 ? Double(index) / Double(count - 1) : 0
      let numerator = Int64(((0.012 + (risk * 0.95 - 0.012) * share) * 1e6).rounded())
      var found: ThresholdOptimum?
      let time = try Measurement(repetitions: 3) {
        found = try ClosureSearch().threshold(of: grid, numerator: numerator, denominator: 1_000_000)
      }
      times.append(time.cpu)
      if show, let found { print("   \(Double(numerator) / 1e6) \(found.bound) \(found.status) \(time.text)") }
    }
    let mean = times.reduce(0, +) / Double(times.count)
    let sorted = times.sorted()
    print(
      "\(name) thresholds \(count): mean \(Measurement.milliseconds(mean)) median "
        + "\(Measurement.milliseconds(sorted[sorted.count / 2])) max \(Measurement.milliseconds(sorted[count - 1]))")
  }
}
