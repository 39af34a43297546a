import CutlineCompute
import CutlineSearch
import Foundation

extension Benchmark {
  /// Exhaustive search end to end on a grid that the generator of the peers wrote.
  static let search = Benchmark(name: "search", usage: "GRID.bin [repetitions] [workers] [scalar|baseline|avx2|avx512]")
  { arguments in
    guard let file = arguments.first else { throw CocoaError(.fileNoSuchFile) }
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 7 : 7
    let workers = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    let form = arguments.count > 3 ? arguments[3] : ""
    let grid = try GridSums(generated: file)
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
}
