import Foundation

/// One operation's benchmark: `cutline-bench <name> <arguments>`.
struct Benchmark: Sendable {
  let name: String
  let usage: String
  let run: @Sendable ([String]) throws -> Void

  static let all = [
    search, hardGrids, openCL, frontier, frontierHard, thresholds, bootstrap, nd, aggregate, cube, forms, trees, fits,
    monotone, read, resample, binning, allocate, areas,
    scorecard, rules, flow, makeReadingInput,
  ]
}

@main enum Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let benchmark = Benchmark.all.first(where: { $0.name == arguments.first }) {
      do { try benchmark.run(Array(arguments.dropFirst())) } catch {
        print("cutline-bench \(benchmark.name): \(error)")
        exit(1)
      }
    } else {
      for benchmark in Benchmark.all { print("cutline-bench \(benchmark.name) \(benchmark.usage)") }
    }
  }
}
