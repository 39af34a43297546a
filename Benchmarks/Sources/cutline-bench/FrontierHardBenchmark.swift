import CutlineCompute
import CutlineSearch
import Foundation

extension Benchmark {
  /// The pruned search on grids that are hard for bounds or dominance.
  static let frontierHard = Benchmark(name: "frontier-hard", usage: "[rows columns]") { arguments in
    let rows = arguments.count > 1 ? Int(arguments[0]) ?? 10 : 10
    let columns = arguments.count > 1 ? Int(arguments[1]) ?? 20 : 20
    let cells = rows * columns
    var random = RandomStream(seed: 3)
    func values(_ range: Range<Int64>) -> [Int64] {
      (0..<cells).map { _ in range.lowerBound + Int64(random.index(below: range.count)) }
    }
    func show(_ name: String, _ p: [Int64], _ n: [Int64], _ d: [Int64]) throws {
      let grid = try GridSums(rows: rows, columns: columns, production: p, numerator: n, denominator: d)
      var results: [FrontierResult] = []
      let search = FrontierSearch(labelLimit: 400_000_000)
      let time = try Measurement(repetitions: 1) { results.append(try search.frontier(of: grid)) }
      let counts = results[0].statistics
      print(
        "\(name): \(time.text), labels \(counts.labels), at most \(counts.mostLabelsAtNode) at a node,",
        "frontier \(results[0].points.count)\(results[0].isComplete ? "" : ", OPEN")")
    }
    let amounts = values(0..<1_000_000)
    let losses = values(0..<50_000)
    let bases = values(100_000..<5_000_000)
    let zero = [Int64](repeating: 0, count: cells)
    let mask = values(0..<2)
    try show("noise", amounts, losses, bases)
    try show("half of the cells empty", zip(amounts, mask).map(*), zip(losses, mask).map(*), zip(bases, mask).map(*))
    try show("half of the cells without production", zip(amounts, mask).map(*), losses, bases)
    try show("no production at all", zero, losses, bases)
    try show("riskless", amounts, zero, bases)
    try show("one risk everywhere", amounts, amounts, amounts.map { 20 * $0 })
    try show("equal cells", zero.map { $0 + 7 }, zero.map { $0 + 2 }, zero.map { $0 + 31 })
    try show("small numbers", values(0..<4), values(0..<3), values(1..<6))
    try show("denominators zero", amounts, losses, zero)
    try show("negative numerators", amounts, values(-25_000..<25_000), bases)
    try show("a few negative denominators", amounts, losses, bases.map { $0 < 200_000 ? -$0 : $0 })
    try show("negative denominators", amounts, values(-25_000..<25_000), values(-1_000_000..<2_000_000))
    try show("negative production", values(-500_000..<500_000), losses, bases)
  }
}
