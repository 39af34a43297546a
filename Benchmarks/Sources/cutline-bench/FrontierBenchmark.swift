import CutlineCompute
import CutlineSearch
import Foundation

extension Benchmark {
  /// The pruned search end to end on a grid that the generator of the peers wrote.
  static let frontier = Benchmark(
    name: "frontier", usage: "GRID.bin [repetitions] [workers] [baseline|avx2|avx512] [check]"
  ) { arguments in
    guard let file = arguments.first else { throw CocoaError(.fileNoSuchFile) }
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 7 : 7
    let workers = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    let set = arguments.count > 3 ? InstructionSet(rawValue: arguments[3]) : nil
    let grid = try GridSums(generated: file)
    let search = FrontierSearch(workers: workers, instructionSet: set)
    var results: [FrontierResult] = []
    let time = try Measurement(repetitions: repetitions) { results.append(try search.frontier(of: grid)) }
    let result = results.sorted { $0.seconds.total < $1.seconds.total }[results.count / 2]
    print(
      "\(grid.rows)x\(grid.columns), \(result.strategies) strategies, \(workers) worker(s),",
      result.instructionSet.rawValue)
    print("  end to end: \(time.text)")
    print(
      "  seed \(Measurement.milliseconds(result.seconds.seed)),",
      "search \(Measurement.milliseconds(result.seconds.search)),",
      "reduce \(Measurement.milliseconds(result.seconds.reduce))")
    let counts = result.statistics
    print(
      "  known before \(counts.seeds), frontier \(result.points.count), searches \(counts.searches),",
      "labels \(counts.labels), at most \(counts.mostLabelsAtNode) at a node, bound tests \(counts.boundTests)",
      result.isComplete ? "" : "OPEN: \(result.open.count) intervals")
    if arguments.last == "check" {
      let exhaustive = try ExhaustiveSearch(workers: workers).frontier(of: grid)
      print("  equal to the exhaustive search: \(exhaustive.points == result.points)")
    }
  }
}

extension GridSums {
  /// Two int64 (rows, columns), then six rows × columns of int64: production, numerator and denominator of booked
  /// and of rejected applications, in turns. Rows come worst first, columns best first.
  init(generated path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let words = data.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
    let rows = Int(words[0])
    let columns = Int(words[1])
    let cells = rows * columns
    func sums(_ first: Int) -> [Int64] {
      (0..<cells)
        .map { cell in
          let source = (rows - 1 - cell / columns) * columns + cell % columns
          return words[2 + first * cells + source] + words[2 + (first + 1) * cells + source]
        }
    }
    try self.init(rows: rows, columns: columns, production: sums(0), numerator: sums(2), denominator: sums(4))
  }
}
