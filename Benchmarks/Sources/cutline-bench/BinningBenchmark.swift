import CutlineCompute

extension Benchmark {
  /// The best grouping of m fine bins into at most 6 with a falling rate; `peers/optbinning_groups.py` groups the same counts.
  static let binning = Benchmark(name: "binning", usage: "[repetitions]") { arguments in
    let repetitions = arguments.first.flatMap { Int($0) } ?? 5
    for count in [20, 50, 100, 200] {
      let good = (0..<count).map { Int64(900 + $0 * 7919 % 200) }
      let bad = (0..<count).map { Int64(200 - 200 * $0 / count + $0 * 104_729 % 40 + 1) }
      guard let fine = FineBins(good: good, bad: bad) else { continue }
      var limits = OptimalBinning.Limits()
      limits.bins = 6
      let objective = BinObjective.informationValue(fine.totals(0, count - 1))
      var value = 0.0
      let time = Measurement(repetitions: repetitions) {
        if case .optimal(let best) = OptimalBinning.solve(fine, objective, trend: .descending, limits) {
          value = best.value
        }
      }
      print("\(count) fine bins: IV \(value), \(time.text)")
    }
  }
}
