import CutlineCompute
import Foundation

extension Benchmark {
  /// Exhaustive search end to end on a grid that the generator of the peers wrote.
  static let search = Benchmark(name: "search", usage: "GRID.bin [repetitions] [workers] [scalar|baseline|avx2|avx512]")
  { arguments in
    guard let file = arguments.first else { throw CocoaError(.fileNoSuchFile) }
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 7 : 7
    let workers = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    let form = arguments.count > 3 ? arguments[3] : ""
    let grid = try readGrid(file)
    let search = ExhaustiveSearch(
      form: form == "scalar" ? .scalar : .cpu, workers: workers, instructionSet: InstructionSet(rawValue: form))
    var results: [ExhaustiveResult] = []
    let time = try Measurement(repetitions: repetitions) { results.append(try search.frontier(of: grid)) }
    let result = results.sorted { $0.seconds.total < $1.seconds.total }[results.count / 2]
    let strategies = Double(result.strategies) ?? 0
    print(
      "\(grid.rows)x\(grid.columns), \(result.strategies) strategies, \(workers) worker(s),",
      result.instructionSet?.rawValue ?? "scalar")
    print("  end to end: \(time.text)")
    print(
      "  prepare \(Measurement.milliseconds(result.seconds.prepare)), scan \(Measurement.milliseconds(result.seconds.scan))",
      String(format: "(%.2f G strategies/s),", strategies / result.seconds.scan * 1e-9),
      "reduce \(Measurement.milliseconds(result.seconds.reduce))")
    print("  survivors \(result.survivors), frontier \(result.points.count)")
  }

  /// Two int64 (rows, columns), then six rows × columns of int64: production, numerator and denominator of booked
  /// and of rejected applications, in turns. Rows come worst first, columns best first.
  static func readGrid(_ path: String) throws -> GridSums {
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
    return try GridSums(rows: rows, columns: columns, production: sums(0), numerator: sums(2), denominator: sums(4))
  }
}
